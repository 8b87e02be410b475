import type { EventStore, GenerationRecord } from '../ports/index.ts'
import type { RebuildStatus } from './operations.ts'
import type { Projector } from './projector.ts'
import { Rate } from './rebuild-progress.ts'

export interface RebuildServices {
  readonly events: EventStore
  readonly now: () => number
}

/** Where a rebuild comes from. */
export interface RebuildOrigin {
  readonly record: GenerationRecord
  /** When it was begun, in milliseconds since the epoch. */
  readonly startedAt: number
}

/** The construction of one generation, as this process knows of it (G9). */
export class Rebuild {
  readonly record: GenerationRecord
  readonly startedAt: number
  /** Folds it while it is under way. */
  readonly projector: Projector
  readonly #services: RebuildServices
  readonly #rate: Rate
  /** Streams that may be parked in it all the same. */
  readonly accepted: Set<string> = new Set()
  #state: RebuildStatus['state']
  #endedAt: number | undefined
  #error: string | undefined

  constructor(origin: RebuildOrigin, projector: Projector, services: RebuildServices) {
    this.record = origin.record
    this.startedAt = origin.startedAt
    this.projector = projector
    this.#services = services
    this.#rate = new Rate(services.now())
    this.#state = origin.record.state === 'stopped' ? 'stopped' : 'running'
  }

  get number(): number {
    return this.record.number
  }

  /** Whether it served before, and is gone back to. */
  get isRollBack(): boolean {
    return this.record.servedUntil !== undefined
  }

  get state(): RebuildStatus['state'] {
    return this.#state
  }

  get isUnderWay(): boolean {
    return this.#state === 'running' || this.#state === 'blocked'
  }

  get error(): string | undefined {
    return this.#error ?? (this.isUnderWay ? this.projector.error : undefined)
  }

  turnTo(state: 'running' | 'stopped' | 'blocked'): void {
    this.#state = state
  }

  end(state: 'done' | 'failed' | 'cancelled', error?: string): void {
    this.#state = state
    this.#endedAt = this.#services.now()
    this.#error = error
  }

  /** So many events have been folded just now. */
  folded(events: number): void {
    this.#rate.add(events, this.#services.now())
  }

  async status(newlyParked: readonly string[]): Promise<RebuildStatus> {
    const { record, startedAt } = this
    const { events, now } = this.#services
    const { done, total } = await events.progress(this.projector.cursor ?? record.cursor)
    const eventsPerSecond = this.#eventsPerSecond(now())
    return {
      projection: record.model,
      generation: record.number,
      state: this.#state,
      done,
      total,
      eventsPerSecond,
      secondsLeft: this.#secondsLeft(total - done, eventsPerSecond),
      startedAt: iso(startedAt),
      endedAt: this.#endedAt === undefined ? undefined : iso(this.#endedAt),
      error: this.error,
      newlyParked,
    }
  }

  #eventsPerSecond(now: number): number {
    if (this.#endedAt !== undefined) return this.#rate.average(this.#endedAt)
    return this.isUnderWay ? this.#rate.perSecond(now) : 0
  }

  #secondsLeft(left: number, eventsPerSecond: number): number | undefined {
    if (!this.isUnderWay || left <= 0) return this.#state === 'stopped' ? undefined : 0
    return eventsPerSecond > 0 ? Math.ceil(left / eventsPerSecond) : undefined
  }
}

export function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
