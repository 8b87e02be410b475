import type { Tell } from './command-route.ts'
import type { AnyProjection, Query } from './projection.ts'
import type { QueryRoute } from './route.ts'
import type { Entry, GetEntry, ListEntry } from './route-entry.ts'
import { fieldsOf, scalarTypeOf } from './schema.ts'

type Options = QueryRoute['options']

/** Resolves a route that answers one document, or a list of them. */
export function queryEntry(entry: Entry, query: Query, options: Options, tell: Tell): GetEntry | ListEntry {
  if (entry.method !== 'GET') tell('a query changes nothing: use GET')
  return query.kind === 'get'
    ? getEntry(entry, query.projection, tell)
    : listEntry(entry, query.projection, options, tell)
}

function getEntry(entry: Entry, projection: AnyProjection, tell: Tell): GetEntry {
  const [parameter = 'id', ...others] = entry.parameters
  if (entry.parameters.length === 0) tell("a single document needs a path parameter for its id, such as '/:id'")
  if (others.length > 0) tell('a single document has one path parameter, its id')
  return { ...entry, kind: 'get', projection, parameter }
}

function listEntry(entry: Entry, projection: AnyProjection, options: Options, tell: Tell): ListEntry {
  if (entry.parameters.length > 0) tell('a list has no path parameters: filter with the query string')
  const { filters = projection.indexes, exclusive = [] } = options
  const [, minus, field] = /^(-?)(.*)$/.exec(options.sort ?? '') as unknown as [string, string, string]
  for (const name of [...filters, ...(field ? [field] : [])]) {
    if (!projection.indexes.includes(name)) tell(`'${name}' is not an index of the projection '${projection.name}'`)
  }
  for (const name of exclusive) if (!filters.includes(name)) tell(`'${name}' in exclusive is not a filter of this list`)
  if (exclusive.length === 1) tell('exclusive has to name two filters at least')
  return {
    ...entry,
    kind: 'list',
    projection,
    filters,
    sort: field ? { field, descending: minus === '-' } : undefined,
    exclusive,
    defaultFilter: defaultFilterOf(projection, filters, options.defaultFilter, tell),
  }
}

function defaultFilterOf(
  projection: AnyProjection,
  filters: readonly string[],
  given: Options['defaultFilter'],
  tell: Tell,
): ListEntry['defaultFilter'] {
  if (given === undefined) return undefined
  const [first, ...others] = Object.entries(given)
  if (!first || others.length > 0) tell('defaultFilter has to name one filter')
  const [field, value] = first ?? []
  if (field === undefined || value === undefined) return undefined
  if (!filters.includes(field)) tell(`'${field}' in defaultFilter is not a filter of this list`)
  else if (!canBe(projection, field, value)) tell(`defaultFilter: '${field}' can never be ${JSON.stringify(value)}`)
  return { field, value }
}

function canBe({ schema }: AnyProjection, field: string, value: string | number | boolean): boolean {
  const described = fieldsOf(schema)?.[field]
  // Another fault says that there is no such field.
  if (!described || scalarTypeOf(described) === undefined) return true
  if (value === 'today') return scalarTypeOf(described) === 'string'
  return described.safeParse(value).success
}
