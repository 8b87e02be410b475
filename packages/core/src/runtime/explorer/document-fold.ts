import type { AnyProjection, RecordedEvent } from '../../definitions/index.ts'
import { FoldState, type GivenUp } from '../fold.ts'
import type { Plan } from '../plan.ts'
import { WaitingEvents } from '../waiting.ts'
import type { HistoryStep } from './explorer.ts'

type Fault = Pick<HistoryStep, 'fault' | 'error'>
type Place = Pick<RecordedEvent, 'stream' | 'version'>

const waiting: Fault = { fault: 'waiting', error: 'it waits behind an event of its stream that has failed' }
const discarded: Fault = { fault: 'discarded', error: 'it failed, and was discarded' }

/** Folds the events that a document is made from, one after the other, by the rules by which read models are folded. */
export class DocumentFold {
  readonly #id: string
  readonly #waiting = new WaitingEvents([])
  readonly #state: FoldState
  readonly #givenUp: GivenUp

  constructor(projection: AnyProjection, id: string, givenUp: GivenUp) {
    this.#id = id
    this.#givenUp = givenUp
    this.#state = new FoldState(projection, new Map(), this.#waiting, 0, givenUp)
  }

  /** The document as it is now. */
  get document(): object | undefined {
    return this.#state.changes().get(this.#id)?.document
  }

  /** The document after an event, and why that was not applied, if it was not. */
  apply(plan: Plan): HistoryStep {
    const { stream, version, type, recordedAt } = plan.event
    const isBehind = this.#waiting.isParked(stream)
    const before = this.document
    this.#state.apply(plan)
    const fault = isBehind ? waiting : (this.#failureOf(plan.event) ?? this.#discardOf(plan.event, before))
    return { stream, version, type, recordedAt, document: this.document ?? null, ...fault }
  }

  #failureOf({ stream, version }: Place): Fault | undefined {
    const found = this.#waiting.failed(0).find((failed) => failed.stream === stream && failed.version === version)
    return found && { fault: 'failed', error: found.error }
  }

  /** An event that was given up is left out where it fails again: else it has made another document. */
  #discardOf(event: Place, before: object | undefined): Fault | undefined {
    const isGivenUp = this.#givenUp.has(event, undefined) || this.#givenUp.has(event, this.#id)
    return isGivenUp && this.document === before ? discarded : undefined
  }
}
