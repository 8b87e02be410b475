import type { AnyProjection, ProjectionHandler, RecordedEvent } from '../definitions/index.ts'
import type { StoredDocument, WaitingEvent } from '../ports/index.ts'

/**
 * How events become documents: pure, and the same for every engine.
 *
 * 1. (G2) Events of one stream are applied in version order to every document: while one waits for a document, later
 *    ones of its stream wait behind it for that document.
 * 2. An event takes effect on all of its documents or on none: when a handler fails, its stream is parked from that
 *    event on, and other streams go on (G10).
 * 3. An update or removal of a document that is not there yet is deferred until the document appears.
 * 4. The result depends on the events and their order only, not on how they were cut into batches.
 */

/** A handler that is due for an event, with the document that it is about. */
export interface Step {
  readonly event: RecordedEvent
  readonly handler: ProjectionHandler
  readonly documentId: string
  /** What a `create` handler made; it was called already, since only its result names the document. */
  readonly created: object | undefined
}

/** All that is due for one event, or why it cannot be known. */
export interface Plan {
  readonly event: RecordedEvent
  readonly steps: readonly Step[]
  readonly failure: unknown
  /** The document that would be the aggregate's own: it shows the version of its stream, also when an event is ignored. */
  readonly own: string | undefined
}

/** Finds the handlers of a projection by aggregate and event type. */
export type Handlers = ReadonlyMap<string, AggregateHandlers>

interface AggregateHandlers {
  readonly byType: ReadonlyMap<string, readonly ProjectionHandler[]>
  /** Whether the aggregate's events can make documents. */
  readonly makes: boolean
  readonly eventTypes: ReadonlySet<string>
}

const NO_HANDLERS: readonly ProjectionHandler[] = []

/** The handlers of a projection by aggregate name and event type. */
export function handlersOf(projection: AnyProjection): Handlers {
  const byAggregate = Map.groupBy(projection.handlers, ({ aggregate }) => aggregate)
  return new Map(
    [...byAggregate].map(([aggregate, handlers]) => [
      aggregate.name,
      {
        byType: Map.groupBy(handlers, ({ eventType }) => eventType),
        makes: handlers.some(({ kind }) => kind === 'create' || kind === 'upsert'),
        eventTypes: new Set(Object.keys(aggregate.events)),
      },
    ]),
  )
}

/** What has to be done for an event of an aggregate that the projection takes events from. */
export function plan(projection: AnyProjection, handlers: AggregateHandlers, event: RecordedEvent): Plan {
  const own = handlers.makes ? event.aggregateId : undefined
  try {
    if (!handlers.eventTypes.has(event.type)) throw new Error(`'${event.type}' is not an event of its aggregate`)
    const due = handlers.byType.get(event.type) ?? NO_HANDLERS
    return { event, steps: due.map((handler) => stepOf(projection, handler, event)), failure: undefined, own }
  } catch (failure) {
    return { event, steps: [], failure, own }
  }
}

function stepOf(projection: AnyProjection, handler: ProjectionHandler, event: RecordedEvent): Step {
  if (handler.kind !== 'create') {
    const documentId: unknown = handler.documentId(event)
    if (typeof documentId !== 'string') throw new Error(`the document's id is ${String(documentId)}, not text`)
    return { event, handler, documentId, created: undefined }
  }
  const created = checked(projection, handler.apply(undefined, event))
  return { event, handler, documentId: created.id, created }
}

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
  readonly #now: number
  /** Steps that wait, as far as this batch may come to apply them. */
  readonly #deferred = new Map<string, Step>()

  constructor(projection: AnyProjection, documents: Map<string, Folded>, waiting: Waiting, now: number) {
    this.#projection = projection
    this.#documents = documents
    this.#waiting = waiting
    this.#now = now
  }

  /** Makes known a step that was deferred in an earlier batch and whose document may appear in this one. */
  recall(step: Step): void {
    this.#deferred.set(keyOf(step), step)
  }

  /** Applies what is due for an event, and what has been waiting for the documents that it makes. */
  apply({ event, steps, failure, own }: Plan): void {
    const { stream } = event
    if (this.#waiting.isParked(stream)) return
    if (failure !== undefined) return this.#park(event, undefined, failure)
    const due = steps.filter((step) => !this.#waiting.isDeferred(stream, step.documentId) && this.#isThere(step))
    try {
      this.#take(this.#results(due))
    } catch (error) {
      return this.#park(event, undefined, error)
    }
    for (const step of steps) if (!due.includes(step)) this.#defer(step)
    if (own !== undefined) this.#showVersion(own, event)
    for (const { documentId } of due) if (this.#waiting.isAwaited(documentId)) this.#release(documentId)
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

  #showVersion(id: string, { stream, version }: RecordedEvent): void {
    const own = this.#find(id)
    if (own?.stream === stream && own.version < version) this.#changed.set(id, { ...own, version })
  }

  #release(documentId: string): void {
    for (const waiting of this.#waiting.waitingFor(documentId)) {
      for (const event of waiting) if (!this.#applyDeferred(event)) break
    }
  }

  /** Applies a deferred step if its document is there now. Returns whether later ones of its stream may follow. */
  #applyDeferred({ stream, version, document }: WaitingEvent): boolean {
    const step = this.#deferred.get(`${document} ${stream} ${version}`)
    if (!step || !this.#isThere(step)) return false
    try {
      this.#take(this.#results([step]))
    } catch (error) {
      this.#park(step.event, step.documentId, error)
      return false
    }
    this.#waiting.settle({ stream, version, document })
    return true
  }

  #find(id: string): Folded | undefined {
    return this.#changed.get(id) ?? this.#documents.get(id)
  }

  #isThere({ handler, documentId }: Step): boolean {
    return handler.kind === 'create' || handler.kind === 'upsert' || this.#find(documentId) !== undefined
  }

  /** What the steps make of their documents; throws without having changed anything. */
  #results(steps: readonly Step[]): Map<string, Folded> {
    const results = new Map<string, Folded>()
    for (const step of steps) {
      const before = results.get(step.documentId) ?? this.#find(step.documentId)
      const after = this.#resultOf(step, before)
      if (after) results.set(step.documentId, after)
    }
    return results
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

  #park({ stream, version }: RecordedEvent, document: string | undefined, error: unknown): void {
    this.#waiting.add({ stream, version, document, since: this.#now, error: messageOf(error) })
  }

  #defer(step: Step): void {
    const { event, documentId } = step
    const { stream, version } = event
    this.recall(step)
    this.#waiting.add({ stream, version, document: documentId, since: this.#now, error: undefined })
  }
}

/** What waits, by stream and by document. */
export interface Waiting {
  isParked(stream: string): boolean
  isDeferred(stream: string, document: string): boolean
  isAwaited(document: string): boolean
  waitingFor(document: string): WaitingEvent[][]
  add(event: WaitingEvent): void
  settle(event: Pick<WaitingEvent, 'stream' | 'version' | 'document'>): void
}

function keyOf({ event, documentId }: Step): string {
  return `${documentId} ${event.stream} ${event.version}`
}

function checked(projection: AnyProjection, result: unknown): { readonly id: string } {
  const parsed = projection.schema.safeParse(result)
  if (!parsed.success) throw new Error(`the document does not fit its schema: ${parsed.error.message}`)
  return parsed.data as { readonly id: string }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
