import type * as z from 'zod'
import type {
  App,
  ChoiceRoute,
  Command,
  CommandRoute,
  Constant,
  Operation,
  PlainRoute,
  Query,
  QueryRoute,
  Written,
} from '../definitions/index.ts'

/** What a route table tells of each of its routes: which paths there are, what they take and what they answer. */

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** The route table of an application. */
export type RoutesOf<A> = A extends App<infer R> ? R : never

/** The paths that take this method. */
export type PathOf<R, M extends Method> = keyof R extends infer Key
  ? Key extends `${M} ${infer Path}`
    ? Path
    : never
  : never

/** The paths of documents and lists: what can be shown live. */
export type LivePathOf<R> = {
  [Path in PathOf<R, 'GET'>]: KindOf<RouteAt<R, 'GET', Path>> extends 'plain' ? never : Path
}[PathOf<R, 'GET'>]

/** What stands behind a method and path. */
export type RouteAt<R, M extends Method, Path extends string> = `${M} ${Path}` extends keyof R
  ? R[`${M} ${Path}`]
  : never

/** `'/a/:id/b/:name'` has `id` and `name`. */
type ParametersOf<Path extends string> = Path extends `${string}/:${infer Rest}`
  ? Rest extends `${infer Name}/${infer More}`
    ? Name | ParametersOf<`/${More}`>
    : Rest
  : never

type Parameters<Path extends string> = { readonly [Name in ParametersOf<Path>]: string }

/** Shows an intersection as the one object that it is. */
type Flat<T> = { [Key in keyof T]: T[Key] } & {}

type BodyField<Id> = Id extends `body.${infer Field}` ? { readonly [Name in Field]: string } : unknown

type CommandInput<Target> =
  Target extends CommandRoute<infer Input, unknown, infer Id>
    ? FieldsOf<Input> & BodyField<Id>
    : Target extends Command<infer Input>
      ? FieldsOf<z.input<Input>>
      : Target extends ChoiceRoute<infer Field, infer Commands>
        ? {
            [Value in keyof Commands]: { readonly [Name in Field]: Value } & CommandInput<Commands[Value]>
          }[keyof Commands]
        : unknown

/** An object without fields, as Zod types it, would forbid those of the path. */
type FieldsOf<Input> = string extends keyof Input ? ([Input[keyof Input]] extends [never] ? unknown : Input) : Input

type Nothing = Record<string, never>

type OrNothing<T> = [keyof T] extends [never] ? Nothing : T

/** All that a command's route takes: path parameters and body in one object. */
export type InputOf<Target, Path extends string> = OrNothing<Flat<Parameters<Path> & CommandInput<Target>>>

/** The argument list for an object: it may be left out when nothing in it has to be given. */
export type Given<Input, Options> =
  Record<never, never> extends Input ? [input?: Input, options?: Options] : [input: Input, options?: Options]

interface Rebuilding {
  readonly projection: string
  readonly generation: number
}

interface RebuildProgress extends Rebuilding {
  readonly state: 'running' | 'stopped' | 'blocked' | 'done' | 'failed' | 'cancelled'
  readonly done: number
  readonly total: number
  readonly eventsPerSecond: number
  /** Null while it cannot be told. */
  readonly secondsLeft: number | null
}

type PlainAnswer<Target> =
  Target extends Constant<infer Schema>
    ? z.output<Schema>
    : Target extends Operation<'rebuild'>
      ? Rebuilding
      : Target extends Operation<'progress'>
        ? RebuildProgress
        : unknown

/** What the answer to a command is. */
export type CommandAnswer<Target> =
  Target extends CommandRoute<unknown, infer Answer>
    ? Answer
    : Target extends Command
      ? Written
      : Target extends ChoiceRoute<string, infer Commands>
        ? CommandAnswer<Commands[keyof Commands]>
        : PlainAnswer<Target extends PlainRoute<infer Plain> ? Plain : Target>

type QueryOf<Target> = Target extends QueryRoute<infer Q> ? Q : Target extends Query ? Target : never

type DocumentOf<Q> = Q extends Query<'get' | 'list', infer Document> ? Document : never

type IndexOf<Q> = Q extends Query<'list', unknown, infer Index> ? Index : never

type FilterOf<Target> = Target extends QueryRoute<Query, infer Filter> ? Filter : IndexOf<Target>

/** A page of a list. */
export type Page<Document> = readonly Document[] & {
  /** Where the next page begins, to be given as `cursor`; undefined on the last. */
  readonly next: string | undefined
}

type KindOf<Target> = [QueryOf<Target>] extends [never] ? 'plain' : QueryOf<Target>['kind']

/** What a `GET` answers: a document, a page of a list, or a constant. */
export type ReadAnswer<Target> =
  KindOf<Target> extends 'plain'
    ? CommandAnswer<Target>
    : KindOf<Target> extends 'list'
      ? Page<DocumentOf<QueryOf<Target>>>
      : DocumentOf<QueryOf<Target>>

/**
 * What a route answers, by its key in the route table.
 *
 * @example type Order = AnswerOf<typeof coffee, 'GET /order/:id'>
 */
export type AnswerOf<A, Key extends keyof RoutesOf<A>> = ReadAnswer<RoutesOf<A>[Key]>

/** What is shown live: all documents of the page, or the document, null while there is none. */
export type LiveAnswer<Target> =
  KindOf<Target> extends 'list' ? readonly DocumentOf<QueryOf<Target>>[] : DocumentOf<QueryOf<Target>> | null

type Comparison = 'gte' | 'gt' | 'lte' | 'lt'

type Scalar<T> = Extract<T, string | number | boolean>

type Filters<Document, Filter> = {
  readonly [Field in Filter & keyof Document]?: Scalar<Document[Field]> | undefined
} & {
  readonly [Field in Filter & keyof Document & string as `${Field}[${Comparison}]`]?:
    | Scalar<Document[Field]>
    | undefined
}

interface PageOptions {
  /** Documents a page, 1 to 1,000. */
  readonly limit?: number | undefined
  /** Where the page begins: `next` of the page before. */
  readonly cursor?: string | undefined
}

type ListQuery<Target, Q> = Flat<
  Filters<DocumentOf<Q>, FilterOf<Target>> &
    PageOptions & {
      /** A field, with `-` in front for descending order. */
      readonly sort?: IndexOf<Q> | `-${IndexOf<Q>}` | undefined
    }
>

/** What a `GET` takes: path parameters, or the query of a list. */
export type QueryInput<Target, Path extends string> =
  KindOf<Target> extends 'list' ? ListQuery<Target, QueryOf<Target>> : OrNothing<Parameters<Path>>
