import type { Clock, ReadModelStore } from '../ports/index.ts'
import { fromStore, stopping } from './errors.ts'
import type { Generations } from './generations.ts'
import type {
  CallOptions,
  DueWork,
  FoldOutcome,
  OnDemand,
  Prepared,
  Reacted,
  RebuildOutcome,
  SwitchOutcome,
  WorkOptions,
} from './on-demand.ts'
import { named } from './operations-of.ts'
import type { PolicyRunner } from './policy-runner.ts'
import type { PolicyRunners } from './policy-runners.ts'
import { RebuildWatch } from './rebuild-watch.ts'
import { TimeLimit } from './time-limit.ts'

export interface OnDemandServices {
  readonly projections: readonly Generations[]
  readonly policies: PolicyRunners
  readonly clock: Clock
  readonly readModels: ReadModelStore
}

const BEGUN = 2

/** Does what it is called for, for as long as the application runs. */
export class OnDemandCalls implements OnDemand {
  readonly #services: OnDemandServices
  readonly #stopping = new AbortController()
  readonly #underWay = new Set<Promise<unknown>>()
  readonly #watch: RebuildWatch

  constructor(services: OnDemandServices) {
    this.#services = services
    const { clock, readModels } = services
    this.#watch = new RebuildWatch({ readModels, now: () => clock.now() })
  }

  fold(projection: string, partition: number, options: WorkOptions = {}): Promise<FoldOutcome> {
    return this.#call(options, (limit) => this.#projection(projection).onCall.fold(partition, limit, mostOf(options)))
  }

  react(policy: string, options: WorkOptions = {}): Promise<Reacted> {
    return this.#call(options, (limit) => this.#services.policies.find(policy).onCall.react(limit, mostOf(options)))
  }

  due(): Promise<DueWork> {
    return this.#call({}, async () => {
      const { clock, policies } = this.#services
      const behind = await this.#ofEach(({ onCall }) => onCall.due())
      const projections = behind.flatMap(({ projection, answer }) =>
        answer.map((partition) => ({ projection, partition })),
      )
      const isDue = async (runner: PolicyRunner) => fromStore((await runner.look()).isDue(clock.now()))
      const due = await Promise.all(policies.all.map(isDue))
      return { projections, policies: policies.all.filter((_, index) => due[index]).map(({ policy }) => policy.name) }
    })
  }

  introduce(): Promise<{ readonly rebuilds: readonly string[] }> {
    return this.#call({}, async () => {
      for (const runner of this.#services.policies.all) await fromStore(runner.introduce())
      const frozen = await this.#ofEach(({ onCall }) => onCall.isFrozen())
      return { rebuilds: frozen.filter(({ answer }) => answer).map(({ projection }) => projection) }
    })
  }

  prepare(projection: string): Promise<Prepared> {
    return this.#call({}, () => this.#projection(projection).onCall.prepare())
  }

  foldRebuild(projection: string, partition: number, options: CallOptions = {}): Promise<RebuildOutcome> {
    return this.#call(options, (limit) => this.#projection(projection).onCall.foldRebuild(partition, limit))
  }

  switchOver(projection: string, options: CallOptions = {}): Promise<SwitchOutcome> {
    return this.#call(options, async (limit) => {
      const { onCall, switchOnCall } = this.#projection(projection)
      const outcome = await switchOnCall.switchOver(limit)
      // Also when another call did it, which may have been killed then.
      if (outcome !== 'serving' && outcome !== 'nothing') return outcome
      return (await onCall.foldAll(limit)) ? outcome : 'behind'
    })
  }

  stalledRebuilds(patience: number): Promise<string[]> {
    return this.#call({}, async () => {
      const statuses = await this.#ofEach(async (each) => (await each.status()).rebuild)
      const rebuilds = statuses.flatMap(({ answer }) => answer ?? [])
      return fromStore(this.#watch.look(rebuilds, patience))
    })
  }

  tidy(): Promise<void> {
    return this.#call({}, async () => void (await this.#ofEach(({ rebuilds }) => rebuilds.sweep())))
  }

  /** Calls that are under way come to their end soon, as if their time were up. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await Promise.allSettled(this.#underWay)
  }

  #projection(name: string): Generations {
    return named(this.#services.projections, ({ projection }) => projection.name, name, 'projection')
  }

  /** What is asked of each projection, by name. */
  #ofEach<T>(ask: (generations: Generations) => Promise<T>) {
    return Promise.all(
      this.#services.projections.map(async (each) => ({ projection: each.projection.name, answer: await ask(each) })),
    )
  }

  async #call<T>(options: CallOptions, work: (limit: TimeLimit) => Promise<T>): Promise<T> {
    const { clock } = this.#services
    if (this.#stopping.signal.aborted) throw stopping()
    const limit = new TimeLimit(clock, options, this.#stopping.signal)
    const stayAlive = clock.stayAlive()
    const call = started(() => work(limit))
    this.#underWay.add(call)
    try {
      return await call
    } finally {
      this.#underWay.delete(call)
      limit.end()
      stayAlive()
    }
  }
}

/** How often something may be begun and not end, where that is to be noted. */
function mostOf({ careful = false }: WorkOptions): number | undefined {
  if (typeof careful === 'boolean') return careful ? BEGUN : undefined
  return careful.begun
}

/** What fails at once is told as what fails later is. */
async function started<T>(work: () => Promise<T>): Promise<T> {
  return work()
}
