import type { Cancel, Clock, Engine, Generation, GenerationRecord, Position } from '../ports/index.ts'
import type { TokenContent } from './token.ts'
import { type FailedEvent, WaitingEvents } from './waiting.ts'

/**
 * A generation that was folded by another definition: it is read as it is (G9), for as long as one that this process can
 * fold has not caught up.
 *
 * 1. (G8) It is not known which streams that definition takes events from: so each has to be covered.
 */
export class FrozenGeneration {
  readonly generation: Generation
  readonly #record: GenerationRecord
  readonly #waiting: WaitingEvents
  readonly #engine: Engine
  readonly #clock: Clock

  private constructor(record: GenerationRecord, waiting: WaitingEvents, engine: Engine, clock: Clock) {
    this.generation = { model: record.model, number: record.number }
    this.#record = record
    this.#waiting = waiting
    this.#engine = engine
    this.#clock = clock
  }

  static async load(record: GenerationRecord, engine: Engine, clock: Clock): Promise<FrozenGeneration> {
    const waiting = new WaitingEvents(await engine.readModels.loadWaiting(record))
    return new FrozenGeneration(record, waiting, engine, clock)
  }

  get cursor(): string | undefined {
    return this.#record.cursor
  }

  get indexes(): readonly string[] {
    return this.#record.indexes
  }

  counts(): { readonly parked: number; readonly deferred: number } {
    return this.#waiting.counts(this.#clock.now())
  }

  failed(): FailedEvent[] {
    return this.#waiting.failed(this.#clock.now())
  }

  standing({ streams, position }: TokenContent): 'reached' | 'pending' | 'parked' {
    return this.#waiting.standingOfAll(streams, () => this.covers(position), this.#clock.now())
  }

  covers(position: Position): boolean {
    return this.#engine.events.covers(this.cursor, position)
  }

  /** Nothing ever changes here. */
  watch(): Cancel {
    return () => {}
  }
}
