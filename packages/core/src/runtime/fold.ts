import type { AnyProjection, RecordedEvent } from '../definitions/index.ts'
import type { StoredDocument, WaitingEvent } from '../ports/index.ts'
import { messageOf } from './errors.ts'
import { checked, type Plan, type Step } from './plan.ts'

/**
 * How events become documents: pure, and the same for every engine.
 *
 * 1. (G2) Events of one stream are applied in version order to every document: while one waits for a document, later
 *    ones of its stream wait behind it for that document.
 * 2. An event takes effect on all of its documents or on none: when a handler fails, its stream is parked from that
 *    event on, and other streams go on (G10).
 * 3. An update or removal of a document that is not there yet is deferred until the document appears.
 * 4. (G10) An event that was given up and fails again is left out: altogether, or for the documents that it was given up for.
 * 5. The result depends on the events and their order only, not on how they were cut into batches.
 */

/** A document in the course of a fold. */
export interface Folded {
  /** Undefined: removed. */
  readonly document: object | undefined
  readonly stream: string
  readonly version: number
}

/** The part of a read model that a batch touches. */
export class FoldState {
  readonly #projection: AnyProjection
  readonly #documents: Map<string, Folded>
  readonly #changed = new Map<string, Folded>()
  readonly #waiting: Waiting
  readonly #givenUp: GivenUp
  readonly #now: number
  /** Steps that wait, as far as this batch may come to apply them: of one event for one document each. */
  readonly #deferred = new Map<string, readonly Step[]>()

  constructor(
    projection: AnyProjection,
    documents: Map<string, Folded>,
    waiting: Waiting,
    now: number,
    givenUp: GivenUp = nothing,
  ) {
    this.#projection = projection
    this.#documents = documents
    this.#waiting = waiting
    this.#givenUp = givenUp
    this.#now = now
  }

  /** Makes known what an event that was deferred in an earlier batch does to a document that may appear in this one. */
  recall(documentId: string, { event, steps }: Plan): void {
    const due = steps.filter((step) => step.documentId === documentId)
    if (due.length > 0) this.#deferred.set(keyOf(documentId, event), due)
  }

  /** Applies what is due for an event, and what has been waiting for the documents that it makes. */
  apply(plan: Plan): void {
    if (this.#waiting.isParked(plan.event.stream)) return
    if (plan.failure !== undefined) return this.#leaveOutOrPark(plan, plan.failure)
    try {
      this.#applySteps(plan, plan.steps)
    } catch (error) {
      this.#leaveOutOrPark(plan, error)
    }
  }

  changes(): ReadonlyMap<string, Folded> {
    return this.#changed
  }

  /** The same as it is stored. */
  stored(): StoredDocument[] {
    return [...this.#changed].map(([id, { document, stream, version }]) => ({
      id,
      body: document && JSON.stringify(document),
      stream,
      version,
    }))
  }

  /** Takes effect on all documents of the steps, or throws without having changed anything. */
  #applySteps({ event, own }: Plan, steps: readonly Step[]): void {
    const { stream } = event
    const { results, left } = this.#outcomeOf(steps, (id) => this.#waiting.isDeferred(stream, id))
    this.#take(results)
    for (const [id, due] of left) this.#defer(id, event, due)
    if (own !== undefined) this.#showVersion(own, event)
    for (const id of results.keys()) if (this.#waiting.isAwaited(id)) this.release(id)
  }

  #leaveOutOrPark(plan: Plan, error: unknown): void {
    const { event, steps } = plan
    const isLeftOut = this.#givenUp.has(event, undefined)
    const due = isLeftOut ? [] : steps.filter(({ documentId }) => !this.#givenUp.has(event, documentId))
    if (!isLeftOut && due.length === steps.length) return this.#park(event, undefined, error)
    try {
      this.#applySteps(plan, due)
    } catch (again) {
      this.#park(event, undefined, again)
    }
  }

  #showVersion(id: string, { stream, version }: RecordedEvent): void {
    const own = this.#find(id)
    if (own?.stream === stream && own.version < version) this.#changed.set(id, { ...own, version })
  }

  /** Applies what has been waiting for a document; of the streams to be tried `again` also what failed on it. */
  release(documentId: string, again: (stream: string) => boolean = never): void {
    for (const waiting of this.#waiting.waitingFor(documentId)) {
      for (const event of waiting) {
        if (event.error !== undefined && !again(event.stream)) break
        if (!this.#applyDeferred(event)) break
      }
    }
  }

  /** Applies an event to the document that it waited for. Returns whether later ones of its stream may follow. */
  #applyDeferred({ stream, version, document }: WaitingEvent): boolean {
    const steps = this.#deferred.get(keyOf(document as string, { stream, version }))
    if (!steps) return false
    try {
      const { results, left } = this.#outcomeOf(steps, never)
      if (left.size > 0) return false
      this.#take(results)
    } catch (error) {
      if (!this.#isGivenUp({ stream, version }, document)) {
        this.#park({ stream, version }, document, error)
        return false
      }
    }
    this.#waiting.settle({ stream, version, document })
    return true
  }

  #isGivenUp(place: Place, document: string | undefined): boolean {
    return this.#givenUp.has(place, undefined) || this.#givenUp.has(place, document)
  }

  #find(id: string): Folded | undefined {
    return this.#changed.get(id) ?? this.#documents.get(id)
  }

  /** What an event makes of its documents, and what has to wait; throws without having changed anything. */
  #outcomeOf(steps: readonly Step[], mustWait: (documentId: string) => boolean): Outcome {
    const results = new Map<string, Folded>()
    const left = new Map<string, Step[]>()
    for (const step of steps) {
      const { documentId } = step
      const before = results.get(documentId) ?? this.#find(documentId)
      const waits = left.get(documentId)
      if (waits) waits.push(step)
      else if (mustWait(documentId) || (before === undefined && needsDocument(step))) left.set(documentId, [step])
      else {
        const after = this.#resultOf(step, before)
        if (after) results.set(documentId, after)
      }
    }
    return { results, left }
  }

  #resultOf({ event, handler, documentId, created }: Step, before: Folded | undefined): Folded | undefined {
    const document = before?.document
    const birth = { stream: event.stream, version: event.version }
    const keep = { stream: before?.stream ?? event.stream, version: before?.version ?? event.version }
    if (before?.stream === event.stream) keep.version = event.version
    switch (handler.kind) {
      case 'create':
        if (document) throw new Error(`the document '${documentId}' is there already: use upsert if that is meant`)
        return { document: created, ...birth }
      case 'update':
        return document && { document: this.#checked(handler.apply(document, event), documentId), ...keep }
      case 'remove':
        return document && { document: undefined, ...keep }
      case 'upsert': {
        const result = handler.apply(document, event)
        if (result === undefined) return document && { document: undefined, ...keep }
        return { document: this.#checked(result, documentId), ...(document ? keep : birth) }
      }
    }
  }

  #checked(result: unknown, documentId: string): object {
    const document = checked(this.#projection, result)
    if (document.id !== documentId) throw new Error(`a handler changed the id '${documentId}' to '${document.id}'`)
    return document
  }

  #take(results: ReadonlyMap<string, Folded>): void {
    for (const [id, folded] of results) this.#changed.set(id, folded)
  }

  #park({ stream, version }: Place, document: string | undefined, error: unknown): void {
    this.#waiting.add({ stream, version, document, since: this.#now, error: messageOf(error) })
  }

  #defer(documentId: string, { stream, version }: Place, steps: readonly Step[]): void {
    if (this.#givenUp.awaitsNoMore({ stream, version }, documentId)) return
    this.#deferred.set(keyOf(documentId, { stream, version }), steps)
    this.#waiting.add({ stream, version, document: documentId, since: this.#now, error: undefined })
  }
}

/** What one event does, by document. */
interface Outcome {
  readonly results: ReadonlyMap<string, Folded>
  readonly left: ReadonlyMap<string, readonly Step[]>
}

type Place = Pick<RecordedEvent, 'stream' | 'version'>

/** What waits, by stream and by document. */
export interface Waiting {
  isParked(stream: string): boolean
  isDeferred(stream: string, document: string): boolean
  /** Whether anything waits that may be applied when the document appears: not what stands behind an event that failed. */
  isAwaited(document: string): boolean
  waitingFor(document: string): WaitingEvent[][]
  add(event: Omit<WaitingEvent, 'attempts'>): void
  settle(event: Pick<WaitingEvent, 'stream' | 'version' | 'document'>): void
}

const never = () => false

/** Which events were given up: altogether (`document` undefined), or for one document. */
export interface GivenUp {
  has(place: Place, document: string | undefined): boolean
  /** Whether an event was given up because the document that it waited for had not appeared. */
  awaitsNoMore(place: Place, document: string): boolean
}

const nothing: GivenUp = { has: never, awaitsNoMore: never }

function keyOf(documentId: string, { stream, version }: Place): string {
  return `${documentId} ${stream} ${version}`
}

function needsDocument({ handler }: Step): boolean {
  return handler.kind === 'update' || handler.kind === 'remove'
}
