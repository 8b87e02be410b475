import type { AnyProjection } from '../../definitions/index.ts'
import { FoldState, type GivenUp } from '../fold.ts'
import type { Plan } from '../plan.ts'
import { WaitingEvents } from '../waiting.ts'
import type { HistoryStep } from './explorer.ts'

/** Folds the events that a document is made from, one after the other, by the rules by which read models are folded. */
export class DocumentFold {
  readonly #id: string
  readonly #waiting = new WaitingEvents([])
  readonly #state: FoldState

  constructor(projection: AnyProjection, id: string, givenUp: GivenUp) {
    this.#id = id
    this.#state = new FoldState(projection, new Map(), this.#waiting, 0, givenUp)
  }

  /** The document as it is now. */
  get document(): object | undefined {
    return this.#state.changes().get(this.#id)?.document
  }

  /** The document after an event, and what was wrong with that, if anything. */
  apply(plan: Plan): HistoryStep {
    const { stream, version, type, recordedAt } = plan.event
    const isParked = this.#waiting.isParked(stream)
    this.#state.apply(plan)
    const error = isParked ? 'it waits behind an event of its stream that has failed' : this.#errorOf(stream, version)
    return { stream, version, type, recordedAt, document: this.document ?? null, ...(error !== undefined && { error }) }
  }

  #errorOf(stream: string, version: number): string | undefined {
    return this.#waiting.failed(0).find((failed) => failed.stream === stream && failed.version === version)?.error
  }
}
