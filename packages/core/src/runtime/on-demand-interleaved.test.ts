import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { isFenced, UnavailableError } from './errors.ts'
import {
  buy,
  eventsIn,
  mailsIn,
  mortal,
  Process,
  type ProcessOptions,
  pureFold,
  schedule,
} from './on-demand.fixture.ts'
import type { OnDemand, WorkOptions } from './on-demand.ts'
import { OperationRefused } from './operations.ts'
import { World } from './world.fixture.ts'

/** `RUNS` sets another number: for a soak. */
const RUNS = Number(process.env.RUNS ?? 60)
const TIME = 60_000 + 300 * RUNS
const PARTITIONS = 4
/** By then all has to be done. */
const MOST_ROUNDS = 300
const QUARTER = 15 * 60 * 1000

/** A deadline is so many milliseconds away. */
const which = fc.record({
  slot: fc.nat(1),
  partition: fc.nat(PARTITIONS - 1),
  careful: fc.constantFrom(false, { begun: 10 }),
  deadline: fc.option(fc.nat(60), { nil: undefined }),
})

interface Which extends Pick<WorkOptions, 'careful' | 'deadline'> {
  readonly partition: number
}

const calls = {
  fold: (by, { partition, ...options }) => by.fold('concerts', partition, options),
  confirm: (by, options) => by.react('confirm', options),
  close: (by, options) => by.react('close', options),
  prepare: (by) => by.prepare('concerts'),
  foldRebuild: (by, { partition, ...options }) => by.foldRebuild('concerts', partition, options),
  switchOver: (by, options) => by.switchOver('concerts', options),
  stalled: (by) => by.stalledRebuilds(1),
  tidy: (by) => by.tidy(),
  due: (by) => by.due(),
} satisfies Record<string, (by: OnDemand, which: Which) => Promise<unknown>>

const orders = ['rebuild', 'stop', 'cancel', 'rollBack', 'retry'] as const

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('buy' as const), concert: fc.constantFrom('a', 'b', 'c') }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('schedule' as const), concert: fc.constantFrom('a', 'b', 'c') }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constantFrom(...(Object.keys(calls) as (keyof typeof calls)[])), which }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom(...orders) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('kill' as const), slot: fc.nat(1) }) },
)
const steps = fc.array(fc.record({ step, wait: fc.nat(40) }), { minLength: 10, maxLength: 60 })

it(
  'whatever is called when, and whoever is killed: documents are a pure fold, and commands take effect once',
  async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.nat(), fc.boolean(), async (all, seed, isFlaky) => {
        const office = await Office.open(seed, isFlaky)
        for (const { step, wait } of all) await office.play(step, wait)
        await office.expectAllDone()
      }),
      { numRuns: RUNS },
    )
  },
  TIME,
)

type Played = typeof step extends fc.Arbitrary<infer Step> ? Step : never

/** Two processes that are called, slow ones, and a desk that takes orders. */
class Office {
  readonly #world: World
  readonly #desk: Process
  readonly #slots: { process: Process; kill: () => void }[] = []
  readonly #next: () => number
  readonly #isFlaky: boolean
  readonly #scheduled = new Set<string>()
  readonly #faults: unknown[] = []
  #tickets = 0

  private constructor(world: World, desk: Process, next: () => number, isFlaky: boolean) {
    this.#world = world
    this.#desk = desk
    this.#next = next
    this.#isFlaky = isFlaky
  }

  /** @param isFlaky whether the store fails now and then */
  static async open(seed: number, isFlaky: boolean): Promise<Office> {
    const world = await World.make(PARTITIONS)
    const desk = await Process.start(world, { works: false, onRebuildWanted: () => {} })
    const office = new Office(world, desk, numbers(seed), isFlaky)
    for (const slot of [0, 1]) await office.#fill(slot)
    return office
  }

  async play(played: Played, wait: number): Promise<void> {
    if (played.do === 'buy') await this.#desk.execute(buy(`${this.#tickets++}`, played.concert))
    else if (played.do === 'schedule') await this.#schedule(played.concert)
    else if (played.do === 'kill') await this.#fill(played.slot)
    else if ('which' in played) this.#call(played)
    else await this.#operate(played.do)
    await this.#world.clock.advance(wait)
  }

  /** Calls a healthy process for as long as there is something to do, as doorbells and schedules would. */
  async expectAllDone(): Promise<void> {
    const token = await this.#desk.execute(buy('last', 'a'))
    for (const slot of this.#slots) slot.kill()
    await this.#desk.run(this.#desk.runtime.operations.rebuild('concerts'))
    const healthy = await Process.start(this.#world, this.#post())
    await this.#rebuild(healthy)
    await this.#drain(healthy)
    await this.#world.clock.advance(QUARTER)
    await this.#drain(healthy)
    for (const each of [healthy, this.#desk]) {
      const documents = await pureFold(this.#world)
      const isWhole = this.#scheduled.has('a')
      const consistency = isWhole ? 'reached' : expect.stringMatching('timed-out|parked')
      expect(await each.documents(token)).toEqual({ documents, consistency })
    }
    const tickets = [...Array(this.#tickets).keys()].map((n) => [`${n}`, 1])
    expect(await mailsIn(this.#world)).toEqual(Object.fromEntries([...tickets, ['last', 1]]))
    const closed = (await eventsIn(this.#world)).filter(({ type }) => type === 'Closed')
    expect(closed.map(({ aggregateId }) => aggregateId).sort()).toEqual([...this.#scheduled].sort())
    expect(this.#faults).toEqual([])
  }

  async #schedule(concert: string): Promise<void> {
    if (this.#scheduled.has(concert)) return
    this.#scheduled.add(concert)
    await this.#desk.execute(schedule(concert))
  }

  #call(played: Extract<Played, { which: unknown }>): void {
    const { slot, deadline, ...of } = played.which
    const { onDemand } = (this.#slots[slot] as { process: Process }).process
    const call: (by: OnDemand, which: Which) => Promise<unknown> = calls[played.do]
    const limit = deadline === undefined ? {} : { deadline: this.#world.clock.now() + deadline }
    call(onDemand, { ...of, ...limit }).catch((error: unknown) => this.#failed(error))
  }

  /** Only a store that fails is a reason for a call to do so. */
  #failed(error: unknown): void {
    if (!this.#isFlaky || !(error instanceof UnavailableError) || isFenced(error)) this.#faults.push(error)
  }

  /** What cannot be done as things stand is refused. */
  async #operate(what: (typeof orders)[number]): Promise<void> {
    const { operations } = this.#desk.runtime
    const does = {
      rebuild: () => operations.rebuild('concerts'),
      stop: () => operations.stopRebuild('concerts'),
      cancel: () => operations.cancelRebuild('concerts'),
      rollBack: () => operations.rollBack('concerts'),
      retry: () => operations.retry('confirm', { stream: 'ticket-0' }),
    }
    await this.#desk.run(refusable(does[what]()))
  }

  async #fill(slot: number): Promise<void> {
    this.#slots[slot]?.kill()
    const { clock } = this.#world
    let isStarted = false
    const delay = async () => {
      await new Promise<void>((resolve) => clock.after(this.#next() % 4, resolve))
      if (isStarted && this.#isFlaky && this.#next() % 40 === 0) throw new Error('the store is away')
    }
    const { faults, kill } = mortal({ delay })
    this.#slots[slot] = { process: await Process.start(this.#world, { faults, ...this.#post() }), kill }
    isStarted = true
  }

  /** The post is out of order now and then. */
  #post(): ProcessOptions {
    return {
      post: () => {
        if (this.#next() % 5 === 0) throw new Error('the post is closed')
      },
    }
  }

  async #rebuild({ onDemand }: Process): Promise<void> {
    const by = <T>(work: Promise<T>) => this.#world.run(work)
    for (let outcome: unknown = 'behind', rounds = 0; outcome !== 'serving'; rounds += 1) {
      expect(rounds).toBeLessThan(MOST_ROUNDS)
      for (let each = 0; each < PARTITIONS; each += 1) await by(onDemand.foldRebuild('concerts', each))
      outcome = await by(onDemand.switchOver('concerts', { deadline: this.#world.clock.now() + 1000 }))
      expect(['serving', 'behind']).toContain(outcome)
    }
  }

  async #drain(healthy: Process): Promise<void> {
    for (let isDone = false, rounds = 0; !isDone; rounds += 1) {
      expect(rounds).toBeLessThan(MOST_ROUNDS)
      const { projections, policies } = await healthy.run(healthy.onDemand.due())
      for (const { partition } of projections) await healthy.run(healthy.onDemand.fold('concerts', partition))
      for (const policy of policies) await healthy.run(healthy.onDemand.react(policy))
      await this.#retryParked(healthy)
      isDone = projections.length + policies.length === 0 && !(await this.#isPending(healthy))
      await this.#world.clock.advance(1000)
    }
  }

  async #retryParked({ runtime }: Process): Promise<void> {
    for (const { stream } of await this.#world.run(runtime.operations.deadLetters('confirm'))) {
      await this.#world.run(runtime.operations.retry('confirm', { stream }))
    }
  }

  async #isPending({ runtime }: Process): Promise<boolean> {
    const policies = await this.#world.run(runtime.operations.policies())
    return policies.some(({ pending, parked }) => pending + parked > 0)
  }
}

async function refusable(operation: Promise<unknown>): Promise<void> {
  await operation.catch((error: unknown) => expect(error).toBeInstanceOf(OperationRefused))
}

/** Numbers that look like chance, the same from the same seed. */
function numbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state >>> 8
  }
}
