import type * as z from 'zod'
import type { AnyCommand } from './command.ts'
import type { Guard } from './guard.ts'
import type { AnyProjection } from './projection.ts'
import type { Respond } from './route.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** What every route has. */
export interface Entry {
  readonly method: Method
  /** `/concerts/:id`. */
  readonly path: string
  readonly parameters: readonly string[]
  readonly summary: string | undefined
  readonly description: string | undefined
  /** Undefined: everybody is served. */
  readonly guard: Guard | undefined
}

/** A route that executes a command. */
export interface CommandEntry extends Entry {
  readonly kind: 'command'
  readonly command: AnyCommand
  /** `derived`: from the value of this field of the command's input, see `derivedIdOf`. */
  readonly idFrom: { readonly source: 'path' | 'body' | 'derived'; readonly name: string } | { readonly source: 'new' }
  readonly status: 200 | 201 | 202
  readonly respond: Respond<unknown, unknown, z.ZodType> | undefined
  readonly location: string | undefined
}

/** A route that executes one of several commands: which one, a field of the body says. */
export interface ChoiceEntry extends Entry {
  readonly kind: 'choice'
  readonly field: string
  /** By the field's value: each as if it had the route for itself. */
  readonly choices: ReadonlyMap<string, CommandEntry>
}

/** A route that answers one document. */
export interface GetEntry extends Entry {
  readonly kind: 'get'
  readonly projection: AnyProjection
  /** The path parameter that holds the document's id. */
  readonly parameter: string
}

/** A route that answers documents in pages. */
export interface ListEntry extends Entry {
  readonly kind: 'list'
  readonly projection: AnyProjection
  readonly filters: readonly string[]
  readonly sort: { readonly field: string; readonly descending: boolean } | undefined
  /** Of these filters, one request may name one at most. */
  readonly exclusive: readonly string[]
  /** Applies when a request names no filter, or this one without a value; `'today'`: the date of the request in UTC. */
  readonly defaultFilter: { readonly field: string; readonly value: string | number | boolean } | undefined
}

/** A route that has a projection folded anew. */
export interface RebuildEntry extends Entry {
  readonly kind: 'rebuild'
  readonly projection: AnyProjection
  /** The path that tells its progress, if the table has one. */
  readonly location: string | undefined
}

/** A route that tells how far a rebuild has come. */
export interface ProgressEntry extends Entry {
  readonly kind: 'progress'
  readonly projection: AnyProjection
}

/** A route that always answers the same. */
export interface ConstantEntry extends Entry {
  readonly kind: 'constant'
  readonly schema: z.ZodType
  /** As the schema parses it. */
  readonly value: unknown
}

/** A route with everything decided that its definition leaves open. */
export type RouteEntry =
  | CommandEntry
  | ChoiceEntry
  | GetEntry
  | ListEntry
  | RebuildEntry
  | ProgressEntry
  | ConstantEntry

/** The commands that a route can execute. */
export function commandEntriesOf(route: RouteEntry): readonly CommandEntry[] {
  if (route.kind === 'command') return [route]
  return route.kind === 'choice' ? [...route.choices.values()] : []
}
