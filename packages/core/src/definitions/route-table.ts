import type * as z from 'zod'
import type { AnyCommand } from './command.ts'
import type { Report } from './faults.ts'
import type { AnyProjection, Query } from './projection.ts'
import type { CommandRoute, QueryRoute, Respond, Routes, RouteTarget } from './route.ts'
import { fieldsOf } from './schema.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

interface Entry {
  readonly method: Method
  /** `/concerts/:id`. */
  readonly path: string
  readonly parameters: readonly string[]
  readonly summary: string | undefined
  readonly description: string | undefined
}

/** A route that executes a command. */
export interface CommandEntry extends Entry {
  readonly kind: 'command'
  readonly command: AnyCommand
  readonly idFrom: { readonly source: 'path' | 'body'; readonly name: string } | { readonly source: 'new' }
  readonly status: 200 | 201 | 202
  readonly respond: Respond<unknown, unknown, z.ZodType> | undefined
  readonly location: string | undefined
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
}

/** A route with everything decided that its definition leaves open. */
export type RouteEntry = CommandEntry | GetEntry | ListEntry

const KEY =
  /^(GET|POST|PUT|PATCH|DELETE) (\/(?:[A-Za-z0-9._~-]+|:[A-Za-z][A-Za-z0-9]*)(?:\/(?:[A-Za-z0-9._~-]+|:[A-Za-z][A-Za-z0-9]*))*)$/
const RESERVED = ['/openapi.json', '/docs', '/graphql']

/** Resolves a route table, reporting what is wrong with it. */
export function resolveRoutes(routes: Routes, report: Report): RouteEntry[] {
  const table = Object.entries(routes).flatMap(([key, target]) => resolveRoute(key, target, routes, report) ?? [])
  reportClashes(table, report)
  return table
}

function resolveRoute(key: string, target: RouteTarget, routes: Routes, report: Report): RouteEntry | undefined {
  const where = `route '${key}'`
  const match = KEY.exec(key)
  if (!match) {
    report(where, "a route is written as 'METHOD /path' with ':name' for parameters, such as 'GET /concerts/:id'")
    return undefined
  }
  const [, method, path] = match as unknown as [string, Method, string]
  const taken = RESERVED.find((own) => path === own || path.startsWith(`${own}/`))
  if (taken) report(where, `${taken} is served by Weir itself`)
  const parameters = [...path.matchAll(/:([A-Za-z0-9]+)/g)].map(([, name]) => name as string)
  if (new Set(parameters).size < parameters.length) report(where, 'a path parameter occurs twice')
  const { summary, description } = 'options' in target ? target.options : {}
  const entry = { method, path, parameters, summary, description }
  const tell = (what: string) => report(where, what)
  if (target.kind === 'command' || target.kind === 'command-route') return commandEntry(entry, target, routes, tell)
  return queryEntry(entry, target, tell)
}

type Tell = (what: string) => void

function commandEntry(entry: Entry, target: AnyCommand | CommandRoute, routes: Routes, tell: Tell): CommandEntry {
  const { command, options } =
    target.kind === 'command' ? { command: target, options: {} as CommandRoute['options'] } : target
  if (entry.method === 'GET') tell('a command changes things: use POST, PUT, PATCH or DELETE')
  const source = options.id ?? (entry.parameters.includes('id') ? 'path.id' : 'new')
  const idFrom = resolveIdSource(source, entry, command, tell)
  const location = options.location ?? (idFrom.source === 'new' ? readablePath(entry.path, routes) : undefined)
  const unused = entry.parameters.filter((name) => source !== `path.${name}`)
  if (unused.length > 0) tell(`the path parameter ':${unused[0]}' is not used: name it as id: 'path.${unused[0]}'`)
  const makes = idFrom.source === 'new' || options.location !== undefined
  return {
    ...entry,
    kind: 'command',
    command,
    idFrom,
    status: options.status ?? (makes ? 201 : 200),
    respond: options.respond as CommandEntry['respond'],
    location,
  }
}

function resolveIdSource(source: string, entry: Entry, command: AnyCommand, tell: Tell): CommandEntry['idFrom'] {
  if (source === 'new') return { source }
  const [place, name = ''] = source.split('.', 2)
  if (place === 'path') {
    if (!entry.parameters.includes(name)) tell(`id is '${source}', but the path has no ':${name}'`)
    return { source: 'path', name }
  }
  const fields = fieldsOf(command.input)
  if (place !== 'body' || name === '') tell(`id is '${source}': it has to be 'path.<name>', 'body.<field>' or 'new'`)
  else if (!fields) tell(`id is '${source}', but the input of '${command.commandName}' is not an object`)
  else if (Object.hasOwn(fields, name)) tell(`id is '${source}', but '${name}' is a field of the command's own input`)
  return { source: 'body', name }
}

/** `<path>/:id` if the table can read it: where a thing that was just made is found. */
function readablePath(path: string, routes: Routes): string | undefined {
  return `GET ${path}/:id` in routes ? `${path}/:id` : undefined
}

function queryEntry(entry: Entry, target: Query | QueryRoute, tell: Tell): GetEntry | ListEntry {
  const { query, options } = target.kind === 'query-route' ? target : { query: target, options: {} }
  const { projection } = query
  if (entry.method !== 'GET') tell('a query changes nothing: use GET')
  if (query.kind === 'get') {
    const [parameter = 'id', ...others] = entry.parameters
    if (entry.parameters.length === 0) tell("a single document needs a path parameter for its id, such as '/:id'")
    if (others.length > 0) tell('a single document has one path parameter, its id')
    return { ...entry, kind: 'get', projection, parameter }
  }
  if (entry.parameters.length > 0) tell('a list has no path parameters: filter with the query string')
  const filters = options.filters ?? projection.indexes
  const [, minus, field] = /^(-?)(.*)$/.exec(options.sort ?? '') as unknown as [string, string, string]
  for (const name of [...filters, ...(field ? [field] : [])]) {
    if (!projection.indexes.includes(name)) tell(`'${name}' is not an index of the projection '${projection.name}'`)
  }
  return { ...entry, kind: 'list', projection, filters, sort: field ? { field, descending: minus === '-' } : undefined }
}

/** Two routes clash when some request would match both. */
function reportClashes(table: readonly RouteEntry[], report: Report): void {
  for (const [index, route] of table.entries()) {
    const other = table.slice(0, index).find((earlier) => earlier.method === route.method && overlap(earlier, route))
    if (other) report(`route '${route.method} ${route.path}'`, `clashes with '${other.method} ${other.path}'`)
  }
}

function overlap(a: RouteEntry, b: RouteEntry): boolean {
  const [left, right] = [a.path.split('/'), b.path.split('/')]
  const matches = (one: string, other: string) => one === other || one.startsWith(':') || other.startsWith(':')
  return left.length === right.length && left.every((segment, index) => matches(segment, right[index] as string))
}
