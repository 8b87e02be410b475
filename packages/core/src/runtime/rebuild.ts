import type { GenerationRecord } from '../ports/index.ts'
import type { Materialisation } from './materialisation.ts'
import type { RebuildStatus } from './operations.ts'
import { Rate } from './rebuild-progress.ts'

/** The construction of one generation, as this process knows of it (G9). */
export class Rebuild {
  readonly record: GenerationRecord
  /** When it was begun, in milliseconds since the epoch. */
  readonly startedAt: number
  /** Folds it while it is under way. */
  readonly materialisation: Materialisation
  readonly #now: () => number
  readonly #rate: Rate
  /** How far others have come when it was last looked. */
  #seen: number | undefined
  /** Streams that may be parked in it all the same. */
  readonly accepted: Set<string>
  #state: RebuildStatus['state']
  #endedAt: number | undefined
  #error: string | undefined

  constructor(materialisation: Materialisation, startedAt: number, now: () => number) {
    const { record } = materialisation
    this.record = record
    this.startedAt = startedAt
    this.materialisation = materialisation
    this.#now = now
    this.#rate = new Rate(now())
    this.accepted = new Set(record.accepted)
    this.#state = record.state === 'stopped' ? 'stopped' : 'running'
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
    return this.#error ?? (this.isUnderWay ? this.materialisation.error : undefined)
  }

  turnTo(state: 'running' | 'stopped' | 'blocked'): void {
    this.#state = state
  }

  end(state: 'done' | 'failed' | 'cancelled', error?: string): void {
    this.#state = state
    this.#endedAt = this.#now()
    this.#error = error
  }

  /** So many events have been folded just now. */
  folded(events: number): void {
    this.#rate.add(events, this.#now())
  }

  /**
   * @param newlyParked tells which streams are, when it is known how all partitions stand
   * @param isSeenOnly whether it is folded elsewhere: then its rate is that of what is seen
   */
  async status(newlyParked: () => readonly string[], isSeenOnly: boolean): Promise<RebuildStatus> {
    const { record, startedAt } = this
    await this.materialisation.look()
    const { done, total } = await this.materialisation.progress()
    if (isSeenOnly) this.#see(done)
    const eventsPerSecond = this.#eventsPerSecond(this.#now())
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
      newlyParked: newlyParked(),
    }
  }

  #see(done: number): void {
    if (this.#seen !== undefined) this.folded(Math.max(0, done - this.#seen))
    this.#seen = done
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
