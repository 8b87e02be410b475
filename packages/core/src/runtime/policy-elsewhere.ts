import type {
  DocumentPage,
  Engine,
  GenerationRecord,
  ListQuery,
  Position,
  Progress,
  WaitingEvent,
} from '../ports/index.ts'
import type { ForeignCommits } from './foreign-commits.ts'
import { dueAfter } from './policy-backoff.ts'
import { modelOf } from './policy-models.ts'
import { byDue } from './timers-list.ts'
import { waitsBehind } from './waits-behind.ts'

export interface PolicyElsewhereServices {
  readonly engine: Engine
  /** What the policy has nothing to do about. */
  readonly foreign: ForeignCommits
}

/** A policy as it stands in the store, where another process keeps it: to be looked at. */
export class PolicyElsewhere {
  readonly #engine: Engine
  readonly #generation: GenerationRecord | undefined
  readonly #streams: readonly WaitingEvent[]

  readonly #foreign: ForeignCommits

  private constructor(
    { engine, foreign }: PolicyElsewhereServices,
    generation: GenerationRecord | undefined,
    streams: readonly WaitingEvent[],
  ) {
    this.#engine = engine
    this.#foreign = foreign
    this.#generation = generation
    this.#streams = streams
  }

  /** First is read how far it has come, then what is under way: so nothing that was under way then is missed. */
  static async look(policy: string, services: PolicyElsewhereServices): Promise<PolicyElsewhere> {
    const { engine } = services
    const all = await engine.readModels.generations(modelOf(policy))
    const generation = all.find(({ state }) => state === 'serving')
    const streams = generation ? await engine.readModels.loadWaiting(generation) : []
    return new PolicyElsewhere(services, generation, streams)
  }

  /** The newest lease; 0 if nobody ever had one. */
  get lease(): number {
    return this.#generation?.partitions[0]?.lease ?? 0
  }

  /** How many streams are under way or parked. */
  get underWay(): number {
    return this.#streams.length
  }

  /** Streams that wait for repair. */
  parked(): WaitingEvent[] {
    return this.#streams.filter(({ error }) => error !== undefined)
  }

  /** How a stream stands that is under way or parked. */
  standing(stream: string): WaitingEvent | undefined {
    return this.#streams.find((each) => each.stream === stream)
  }

  async list(query: ListQuery): Promise<DocumentPage> {
    if (!this.#generation) return { documents: [], more: false }
    return this.#engine.readModels.list(this.#generation, query)
  }

  /** Its place is not saved as long as nothing is for it: so it is looked at whether anything is left that is. */
  async progress(): Promise<Progress> {
    return this.#engine.events.progress(await this.#foreign.pass(this.#cursor))
  }

  /** Whether all that was recorded up to a position has been reacted to, as far as it is not parked. */
  async hasSettled(position: Position): Promise<boolean> {
    if (!this.#generation || this.parked().length < this.#streams.length) return false
    const { events } = this.#engine
    if (events.covers(this.#cursor, position)) return true
    // What is not saved is a cursor that has moved over nothing.
    const { commits, cursor } = await events.readFeed(this.#cursor, 1)
    return commits.length === 0 && events.covers(cursor, position)
  }

  /** Whether there is anything to do at a time, in milliseconds since the epoch: something new, another attempt, a timer. */
  async isDue(now: number): Promise<boolean> {
    if (!this.#generation) return true
    if (this.#streams.some((stream) => stream.error === undefined && dueAfter(stream) <= now)) return true
    if (await waitsBehind(this.#engine.events, this.#cursor)) return true
    return (await this.list(byDue({ field: 'due', operator: 'lte', value: now }, 1))).documents.length > 0
  }

  get #cursor(): string | undefined {
    return this.#generation?.partitions[0]?.cursor
  }
}
