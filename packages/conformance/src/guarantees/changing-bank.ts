import { expect } from 'vitest'
import type { AnyProjection, App } from 'weir'
import type { Append, Engine } from 'weir/ports'
import type { Runtime } from 'weir/runtime'
import { seededIdentity, type VirtualClock, virtualClock } from 'weir/testing'
import { deposit } from './bank.ts'
import { broken, cut, faulty, never, watched } from './faults.ts'
import { accepted, expectPureFold, startOn } from './stage.ts'

/** What can be done to a bank while it is in use. */
export const steps = [
  'pause',
  'rebuild',
  'rebuild',
  'stopRebuild',
  'cancelRebuild',
  'rollBack',
  'restart',
  'kill',
  'deploy',
] as const

const CUSTOMERS = 3

/**
 * A bank whose generations are changed, on a store that is slow and fails, while customers deposit and wait to see it,
 * and somebody reads all accounts all the time. Nobody may be led back.
 */
export class ChangingBank {
  readonly #engine: Engine
  readonly #versions: readonly [App, App]
  readonly #random: () => number
  readonly #clock: VirtualClock = virtualClock()
  readonly #troubles: unknown[] = []
  #app: App
  #runtime: Runtime | undefined
  #kill: () => void = () => {}
  /** Nothing is written any more, and nothing fails. */
  #isCalm = false

  constructor(engine: Engine, versions: readonly [App, App], seed: number) {
    this.#engine = engine
    this.#versions = versions
    this.#app = versions[0]
    this.#random = seededIdentity(seed, this.#clock).random
    const report = (error: unknown) => this.#troubles.push(error)
    this.#read().catch(report)
    for (let customer = 0; customer < CUSTOMERS; customer += 1) this.#deposit(`${customer % 2}`).catch(report)
  }

  async take(step: (typeof steps)[number]): Promise<void> {
    const runtime = this.#runtime ?? (await this.#start())
    this.#runtime = runtime
    await this.#clock.advance(this.#roll(60))
    await this.#do(step, runtime)
    expect(this.#troubles).toEqual([])
  }

  async comesToRest(): Promise<void> {
    this.#isCalm = true
    await this.#clock.advance(1000)
    if (this.#runtime) await this.#clock.run(this.#runtime.stop())
    this.#app = this.#versions[0]
    const runtime = await this.#start()
    this.#runtime = runtime
    const { operations } = runtime
    const state = async () => (await operations.rebuildStatus('balances')).state
    if ((await state()) === 'stopped') await this.#clock.run(operations.rebuild('balances'))
    for (let turn = 0; (await state()) !== 'done' && turn < 500; turn += 1) await this.#clock.advance(20)
    expect(await state()).toBe('done')
    await this.#clock.run(expectPureFold(runtime, this.#engine.events))
    await this.#clock.advance(100)
    expect(this.#troubles).toEqual([])
    await this.#clock.run(runtime.stop())
  }

  async #do(step: (typeof steps)[number], runtime: Runtime): Promise<void> {
    if (step === 'pause') return this.#clock.advance(200)
    if (step === 'kill') this.#kill()
    else if (step === 'restart' || step === 'deploy') await this.#clock.run(runtime.stop())
    else return void (await this.#clock.run(runtime.operations[step]('balances').catch(expectKnown)))
    if (step === 'deploy') this.#app = this.#versions[this.#app === this.#versions[0] ? 1 : 0]
    this.#runtime = undefined
  }

  async #start(): Promise<Runtime> {
    for (;;) {
      try {
        const options = { app: this.#app, clock: this.#clock, pollInterval: 20 }
        return await this.#clock.run(startOn(this.#process(), options))
      } catch (error) {
        expectKnown(error)
      }
    }
  }

  /** One process's way to the store: calls are slow or fail now and then, and none comes back once it is killed. */
  #process(): Engine {
    let isAlive = true
    this.#kill = () => {
      isAlive = false
    }
    const step = async () => {
      if (!this.#isCalm && this.#roll(4) === 0) await this.#pause(this.#roll(8))
      if (!isAlive) await never
      if (!this.#isCalm && this.#roll(25) === 0) await broken()
    }
    const { events, readModels } = this.#engine
    const slow = watched(this.#engine, step, step)
    const { readFeed } = cut(() => 1 + this.#roll(5)).events?.(slow.events) ?? {}
    return faulty(slow, {
      // Where the log ends is known at once: so little time is left for what has to happen before that is asked for.
      events: () => ({ readFeed, append: (group) => (isWriting(group) ? slow.events : events).append(group) }),
      // Reads do not fail: of those that do, readers hear in any case.
      readModels: () => ({ get: readModels.get.bind(readModels), list: readModels.list.bind(readModels) }),
    })
  }

  /** Deposits again and again; whoever is told that a deposit is reached sees it. */
  async #deposit(id: string): Promise<void> {
    for (;;) {
      await this.#pause(this.#roll(10))
      const runtime = this.#isCalm ? undefined : this.#runtime
      const made = await this.#inTime(runtime?.execute(deposit(id, 1)))
      if (!runtime || !made) continue
      const { token, version } = await accepted(made)
      const read = await this.#inTime(runtime.get(this.#balances(runtime), id, { token, wait: this.#roll(100) }))
      if (read?.consistency === 'reached' && read.version < version) {
        this.#troubles.push(`told that version ${version} of ${id} is reached, but shown ${read.version}`)
      }
    }
  }

  async #read(): Promise<void> {
    const shown = new Map<string, number>()
    for (;;) {
      await this.#pause(1)
      const runtime = this.#runtime
      const answer = await runtime?.list(this.#balances(runtime)).catch((error) => {
        if (!/stopping/.test(error.message)) throw error
      })
      if (!answer) continue
      const seen = new Map(answer.documents.map(({ id, seen: { length } }) => [id, length]))
      for (const [id, count] of shown) expect({ id, seen: seen.get(id) ?? 0 }).toSatisfy((now) => now.seen >= count)
      for (const [id, count] of seen) shown.set(id, count)
    }
  }

  /** The answer, unless the process does not come to it, or says that it cannot answer now. */
  #inTime<T>(answer: Promise<T> | undefined): Promise<T | undefined> {
    const known = answer?.catch((error: unknown) => expectKnown(error) as undefined)
    return Promise.race([known, this.#pause(300) as Promise<undefined>])
  }

  #balances({ app }: Runtime): AnyProjection & { readonly list: { readonly answers?: Shown } } {
    return app.projections.find(({ name }) => name === 'balances') as AnyProjection
  }

  #roll(sides: number): number {
    return Math.floor(this.#random() * sides)
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.#clock.after(milliseconds, resolve))
  }
}

function isWriting(group: readonly Append[]): boolean {
  return group.some(({ streams }) => streams.length > 0)
}

interface Shown {
  readonly id: string
  readonly seen: readonly number[]
}

function expectKnown(error: unknown): void {
  const { name, message } = error as Error
  if (name !== 'OperationRefused' && name !== 'UnavailableError' && message !== 'disk full') throw error
}
