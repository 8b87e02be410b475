import type * as z from 'zod'
import type { ChoiceRoute } from './choice.ts'
import type { AnyCommand, Command } from './command.ts'
import type { EventMetadata } from './event.ts'
import type { Guard } from './guard.ts'
import type { Operation, Query } from './projection.ts'
import type { Method } from './route-entry.ts'

/**
 * Where a command's aggregate id comes from: a path parameter, a field of the body beside the command's input, a new one,
 * or derived from a field of the command's input, so that the same value always means the same aggregate.
 */
export type IdSource = `path.${string}` | `body.${string}` | `derived.${string}` | 'new'

type DataOf<Event, Type> = Event extends { readonly type: Type; readonly data: infer Data } ? Data : never

/** What a command did, for building an answer from the decision. */
export interface Decided<Event = unknown, State = unknown> {
  readonly id: string
  /** The stream's version after the command. */
  readonly version: number
  /** What the command appended to its own stream; empty if it changed nothing. */
  readonly events: readonly (Event & EventMetadata)[]
  /** State after the command. */
  readonly state: State
  /** Data of the first event of this type; throws if the command made none. */
  eventData<Type extends Event extends { readonly type: infer T } ? T : never>(type: Type): DataOf<Event, Type>
}

/** How an answer is built from the decision. */
export interface Respond<Event, State, Schema extends z.ZodType = z.ZodType, Answer = z.input<Schema>> {
  readonly schema: Schema
  readonly map: (decided: Decided<Event, State>) => Answer
}

/** The same, but nothing of it may be changed: what is inferred as a constant is that. */
type Constantly<T> = T extends object ? { readonly [Key in keyof T]: Constantly<T[Key]> } : T

/** Words for the API's documentation. */
export interface RouteWords {
  readonly summary?: string
  readonly description?: string
}

/** What may be said about every route. */
export interface RouteOptions extends RouteWords {
  /** Who is served; as the application says if not given. */
  readonly guard?: Guard | 'none'
}

export interface CommandRouteOptions<
  Event,
  State,
  Schema extends z.ZodType,
  Answer = z.input<Schema>,
  Id extends IdSource = IdSource,
> extends RouteOptions {
  /** If not given: the path's `:id` if it has one, else a new id. */
  readonly id?: Id
  /** If not given: 201 when the id is new or `location` is given, else 200. */
  readonly status?: 200 | 201 | 202
  /** If not given, the answer is `{ id, version }`. */
  readonly respond?: Respond<Event, State, Schema, Answer>
  /**
   * Path of what was made, for the `Location` header, with fields of the answer as parameters: `'/tickets/:id'`. If not
   * given: the route's own path and the id, when the id is new and that path can be read.
   */
  readonly location?: string
}

type Scalar = string | number | boolean

export interface ListRouteOptions<Document, Filter extends string = keyof Document & string> extends RouteOptions {
  /** Which indexes may be filtered on; all of them if not given. */
  readonly filters?: readonly Filter[]
  /** Order when the request names none: a field, with `-` in front for descending; by id if not given. */
  readonly sort?: (keyof Document & string) | `-${keyof Document & string}`
  /** Filters of which one request may name one at most. */
  readonly exclusive?: readonly (keyof Document & string)[]
  /**
   * The filter that applies when a request names none, or this one without a value. `'today'` is the date of the request
   * in UTC, `YYYY-MM-DD`.
   */
  readonly defaultFilter?: { readonly [Field in keyof Document & string]?: Extract<Document[Field], Scalar> | 'today' }
}

/** A JSON value that is answered as it is. */
export interface Constant<Schema extends z.ZodType = z.ZodType> {
  readonly kind: 'constant'
  readonly schema: Schema
  readonly value: z.input<Schema>
}

/**
 * A fixed answer, such as a menu.
 *
 * @param schema describes the value for the documentation; the value is checked against it when the app is built
 * @example 'GET /coffees': constant(z.array(Coffee), [{ id: '1', name: 'Cappuccino', price: 370 }])
 */
export function constant<Schema extends z.ZodType>(schema: Schema, value: z.input<Schema>): Constant<Schema> {
  return { kind: 'constant', schema, value }
}

/** What a command answers when its route does not say otherwise. */
export interface Written {
  readonly id: string
  /** The stream's version after the command. */
  readonly version: number
}

/** A route with options. */
export interface CommandRoute<Input = unknown, Answer = unknown, Id extends IdSource = IdSource> {
  readonly kind: 'command-route'
  readonly command: AnyCommand
  readonly options: CommandRouteOptions<never, never, z.ZodType>
  /** Only a type: the command's input, where its id comes from, and what is answered. */
  readonly types?: { readonly input: Input; readonly answer: Answer; readonly id: Id }
}

export interface QueryRoute<Q extends Query = Query, Filter extends string = string> {
  readonly kind: 'query-route'
  readonly query: Q
  readonly options: ListRouteOptions<Record<string, Scalar>>
  /** Only a type: what a list may be filtered on. */
  readonly filters?: Filter
}

export interface PlainRoute<Target extends Operation | Constant = Operation | Constant> {
  readonly kind: 'plain-route'
  readonly target: Target
  readonly options: RouteOptions
}

/** What can stand behind a method and path. */
export type RouteTarget =
  | AnyCommand
  | Query
  | Operation
  | Constant
  | CommandRoute
  | ChoiceRoute
  | QueryRoute
  | PlainRoute

/** `METHOD /path`, with `:name` for parameters. */
export type RouteKey = `${Method} /${string}`

/** Pure data: REST, OpenAPI and GraphQL are derived from it. */
export type Routes = Readonly<Record<RouteKey, RouteTarget>>

/** A route table as it is written; a key that cannot be a route's is refused. */
export type RoutesAs<R> = {
  readonly [Key in keyof R]: Key extends RouteKey ? RouteTarget : string extends Key ? RouteTarget : never
}

/**
 * A route that differs from what its target says by itself.
 *
 * @example
 * 'POST /tickets': route(Concert.commands.buyTicket, {
 *   id: 'body.concertId',
 *   respond: { schema: z.object({ id: z.uuid() }), map: ({ eventData }) => ({ id: eventData('TicketSold').ticketId }) },
 * })
 */
export function route<Target extends Operation | Constant>(target: Target, options: RouteOptions): PlainRoute<Target>
export function route<Document>(
  query: Query<'get', Document>,
  options: RouteOptions,
): QueryRoute<Query<'get', Document>>
export function route<
  Document,
  Index extends string,
  const Filter extends keyof Document & string = Index & keyof Document,
>(
  query: Query<'list', Document, Index>,
  options: ListRouteOptions<Document, Filter>,
): QueryRoute<Query<'list', Document, Index>, NoInfer<Filter>>
// `Answer` is a constant, so that 'PAID' is taken as that where the schema asks for it, and not as any text.
export function route<
  Input extends z.ZodType,
  Event,
  State,
  const Answer extends Constantly<z.input<Schema>>,
  Schema extends z.ZodType = z.ZodType<Written>,
  Id extends IdSource = IdSource,
>(
  command: Command<Input, Event, State>,
  options: CommandRouteOptions<Event, State, Schema, Answer, Id>,
): CommandRoute<z.input<Input>, z.output<Schema>, Id>
export function route(
  target: AnyCommand | Query | Operation | Constant,
  options: object,
): CommandRoute | QueryRoute | PlainRoute {
  switch (target.kind) {
    case 'command':
      return { kind: 'command-route', command: target, options }
    case 'get':
    case 'list':
      return { kind: 'query-route', query: target as Query, options }
    default:
      return { kind: 'plain-route', target: target as Operation | Constant, options }
  }
}
