import type * as z from 'zod'
import type { Aggregate, AnyAggregate } from './aggregate.ts'
import type { EventSchemas, RecordedEvent } from './event.ts'

/** A document schema: an object with an `id`. */
export type DocumentSchema = z.ZodObject<{ readonly id: z.ZodType<string> } & Readonly<Record<string, z.ZodType>>>

/** What a handler does to a document. */
export type HandlerKind = 'create' | 'update' | 'upsert' | 'remove'

/** One handler of a projection, as the runtime sees it. */
export interface ProjectionHandler {
  readonly kind: HandlerKind
  readonly aggregate: AnyAggregate
  readonly eventType: string
  /** The document that the event is about; not used by `create`, whose document carries its own id. */
  readonly documentId: (event: RecordedEvent) => string
  readonly apply: (document: unknown, event: RecordedEvent) => unknown
}

type FieldOf<Schema extends DocumentSchema> = keyof z.output<Schema> & string

export interface ProjectionOptions<Schema extends DocumentSchema, Index extends FieldOf<Schema> = FieldOf<Schema>> {
  /** Describes the documents; what a handler returns beyond it is dropped, what does not fit it is a failure. */
  readonly schema: Schema
  /** Fields that lists may filter and sort on. */
  readonly indexes?: readonly Index[]
  /** Raise it when a handler changes what it makes of an event: the read model is then folded anew. */
  readonly revision?: number
}

type Event<Events extends EventSchemas, Type extends keyof Events> = RecordedEvent<
  Type & string,
  z.output<Events[Type]>
>

type Handlers<Events extends EventSchemas, Handled extends keyof Events, Before extends unknown[], After> = {
  readonly [Type in Handled]: (...args: [...Before, event: Event<Events, Type>]) => After
}

/** Where the document of the handled events is found, when it is not the one with the aggregate's own id. */
interface Target<Events extends EventSchemas, Handled extends keyof Events> {
  readonly id?: (event: { [Type in Handled]: Event<Events, Type> }[Handled]) => string
}

// biome-ignore lint/suspicious/noExplicitAny: an aggregate of which only the events matter
type Source<Events extends EventSchemas> = Aggregate<string, Events, any, any>

/** A query of a read model, to be put in a route table. */
export interface Query<
  Kind extends 'get' | 'list' = 'get' | 'list',
  Document = unknown,
  Index extends string = string,
> {
  readonly kind: Kind
  readonly projection: AnyProjection
  /** Only a type. */
  readonly answers?: Document
  /** Only a type: what a list may be filtered and sorted on. */
  readonly indexes?: Index
}

/** What an operator asks of a projection, to be put in a route table: to fold it anew, and how far that has come. */
export interface Operation<Kind extends 'rebuild' | 'progress' = 'rebuild' | 'progress'> {
  readonly kind: Kind
  readonly projection: AnyProjection
}

/**
 * Folds events into the documents of a read model.
 *
 * 1. Handlers are pure functions of their arguments, and do not change the document that they are given.
 * 2. Several streams may feed one document; as no order is promised between streams, the documents must be the same
 *    whatever the interleaving. `weir/testing` checks that.
 */
export interface Projection<Name extends string, Schema extends DocumentSchema, Index extends string = string> {
  readonly kind: 'projection'
  readonly name: Name
  readonly schema: Schema
  readonly indexes: readonly Index[]
  readonly revision: number
  readonly handlers: readonly ProjectionHandler[]
  readonly list: Query<'list', z.output<Schema>, Index>
  readonly get: Query<'get', z.output<Schema>>
  /** Folds all of history into a new generation, while the old one serves (G9). */
  readonly rebuild: Operation<'rebuild'>
  /** How far the newest rebuild has come. */
  readonly progress: Operation<'progress'>
  /** Events that make a new document. It is a failure if the document is there already: use `upsert` for that. */
  create<Events extends EventSchemas, Handled extends keyof Events & string>(
    source: Source<Events>,
    handlers: Handlers<Events, Handled, [], z.output<Schema>>,
  ): Projection<Name, Schema, Index>
  /** Events that change a document. While it is not there yet, the event waits for it. */
  update<Events extends EventSchemas, Handled extends keyof Events & string>(
    source: Source<Events>,
    handlers: Handlers<Events, Handled, [document: z.output<Schema>], z.output<Schema>>,
    target?: Target<Events, Handled>,
  ): Projection<Name, Schema, Index>
  /** For the rest: what was there, if anything, gives what is there now, if anything. Never waits. */
  upsert<Events extends EventSchemas, Handled extends keyof Events & string>(
    source: Source<Events>,
    handlers: Handlers<Events, Handled, [document: z.output<Schema> | undefined], z.output<Schema> | undefined>,
    target?: Target<Events, Handled>,
  ): Projection<Name, Schema, Index>
  /**
   * Events that delete a document. Later updates of it are ignored; `create` and `upsert` bring it back. While it is not
   * there yet, the event waits for it.
   */
  remove<Events extends EventSchemas, Handled extends keyof Events & string>(
    source: Source<Events>,
    eventTypes: readonly Handled[],
    target?: Target<Events, Handled>,
  ): Projection<Name, Schema, Index>
}

// biome-ignore lint/suspicious/noExplicitAny: any projection, whatever its documents
export type AnyProjection = Projection<string, any>

/**
 * Begins a projection.
 *
 * @param name kebab-case; names the read model
 * @example
 * const Totals = projection('totals', { schema: z.object({ id: z.string(), total: z.int() }), indexes: ['total'] })
 *   .upsert(Counter, { Increased: (doc, event) => ({ id: event.aggregateId, total: (doc?.total ?? 0) + event.data.by }) })
 */
export function projection<
  const Name extends string,
  Schema extends DocumentSchema,
  Index extends FieldOf<Schema> = never,
>(name: Name, options: ProjectionOptions<Schema, Index>): Projection<Name, Schema, Index> {
  return withHandlers(name, options, [])
}

function withHandlers<Name extends string, Schema extends DocumentSchema, Index extends FieldOf<Schema>>(
  name: Name,
  options: ProjectionOptions<Schema, Index>,
  handlers: readonly ProjectionHandler[],
): Projection<Name, Schema, Index> {
  const add = (kind: HandlerKind, aggregate: AnyAggregate, applies: object, target: { id?: unknown } = {}) => {
    const documentId = (target.id ?? idOfAggregate) as ProjectionHandler['documentId']
    const added = Object.entries(applies).map(([eventType, apply]) => ({
      kind,
      aggregate,
      eventType,
      documentId,
      apply,
    }))
    return withHandlers(name, options, [...handlers, ...added])
  }
  const self: Projection<Name, Schema, Index> = {
    kind: 'projection',
    name,
    schema: options.schema,
    indexes: options.indexes ?? [],
    revision: options.revision ?? 1,
    handlers,
    get list() {
      return { kind: 'list' as const, projection: self }
    },
    get get() {
      return { kind: 'get' as const, projection: self }
    },
    get rebuild() {
      return { kind: 'rebuild' as const, projection: self }
    },
    get progress() {
      return { kind: 'progress' as const, projection: self }
    },
    create: (source, applies) => add('create', source, mapValues(applies, withoutDocument)),
    update: (source, applies, target) => add('update', source, applies, target),
    upsert: (source, applies, target) => add('upsert', source, applies, target),
    remove: (source, types, target) =>
      add('remove', source, Object.fromEntries(types.map((type) => [type, nothing])), target),
  }
  return self
}

const idOfAggregate = (event: RecordedEvent): string => event.aggregateId

const nothing = (): undefined => undefined

/** `create` handlers take only the event; the runtime calls all handlers alike. */
const withoutDocument =
  (make: (event: RecordedEvent) => unknown): ProjectionHandler['apply'] =>
  (_, event) =>
    make(event)

function mapValues(record: object, change: (value: never) => unknown): object {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value as never)]))
}
