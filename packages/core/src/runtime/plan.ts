import * as z from 'zod'
import type { AnyAggregate, AnyProjection, ProjectionHandler, RecordedEvent } from '../definitions/index.ts'
import { messageOf } from './errors.ts'
import { readEvent } from './read-event.ts'
import { storedForm } from './stored-form.ts'

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
  /** Why it cannot be known. */
  readonly failure: string | undefined
  /** The document that would be the aggregate's own: it shows the version of its stream, also when an event is ignored. */
  readonly own: string | undefined
}

/** Finds the handlers of a projection by aggregate and event type. */
export type Handlers = ReadonlyMap<string, AggregateHandlers>

interface AggregateHandlers {
  readonly aggregate: AnyAggregate
  readonly byType: ReadonlyMap<string, readonly ProjectionHandler[]>
  /** Whether the aggregate's events can make documents. */
  readonly makes: boolean
}

const NO_HANDLERS: readonly ProjectionHandler[] = []

/** The handlers of a projection by aggregate name and event type. */
export function handlersOf(projection: AnyProjection): Handlers {
  const byAggregate = Map.groupBy(projection.handlers, ({ aggregate }) => aggregate)
  return new Map(
    [...byAggregate].map(([aggregate, handlers]) => [
      aggregate.name,
      {
        aggregate,
        byType: Map.groupBy(handlers, ({ eventType }) => eventType),
        makes: handlers.some(({ kind }) => kind === 'create' || kind === 'upsert'),
      },
    ]),
  )
}

/**
 * What has to be done for an event of an aggregate that the projection takes events from. An event that cannot be read is
 * a failure of its own, so that it is parked alone, with what stands behind it (G12).
 */
export function plan(projection: AnyProjection, handlers: AggregateHandlers, recorded: RecordedEvent): Plan {
  const own = handlers.makes ? recorded.aggregateId : undefined
  try {
    const event = readEvent(handlers.aggregate, recorded)
    const due = handlers.byType.get(event.type) ?? NO_HANDLERS
    return { event, steps: due.map((handler) => stepOf(projection, handler, event)), failure: undefined, own }
  } catch (error) {
    return { event: recorded, steps: [], failure: messageOf(error), own }
  }
}

function stepOf(projection: AnyProjection, handler: ProjectionHandler, event: RecordedEvent): Step {
  if (handler.kind !== 'create') {
    const documentId: unknown = synchronous(handler.documentId(event))
    if (!isDocumentId(documentId)) throw noDocumentId(documentId)
    return { event, handler, documentId, created: undefined }
  }
  const created = checked(projection, handler.apply(undefined, event))
  return { event, handler, documentId: created.id, created }
}

/**
 * The document as its schema describes it, in the form that it will have when it was stored: so nothing depends on where
 * a handler's document comes from, and a document that cannot be stored is the failure of the event that made it.
 */
export function checked(projection: AnyProjection, result: unknown): { readonly id: string } {
  const parsed = projection.schema.safeParse(synchronous(result))
  if (!parsed.success) throw new Error(`the document does not fit its schema: ${z.prettifyError(parsed.error)}`)
  const document = storedForm(parsed.data) as { readonly id: string }
  if (!isDocumentId(document.id)) throw noDocumentId(document.id)
  return document
}

/** What a handler gave, unless it is a promise: what becomes of that would come too late, so nobody hears of it. */
function synchronous(result: unknown): unknown {
  if (typeof (result as { then?: unknown } | null | undefined)?.then !== 'function') return result
  Promise.resolve(result).catch(() => {})
  throw new Error('a handler has to be synchronous, but this one gave a promise')
}

/** Engines keep well-formed text without U+0000 as it is; of anything else two might become one. */
function isDocumentId(id: unknown): id is string {
  return typeof id === 'string' && id.isWellFormed() && !id.includes('\0')
}

function noDocumentId(id: unknown): Error {
  return new Error(`a document cannot have the id ${JSON.stringify(id)}: it is not well-formed text`)
}
