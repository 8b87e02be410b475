import { commandEntriesOf, fieldsOf, jsonSchemaOf, type ListEntry, type RouteEntry } from 'weir'
import { comparisons } from '../rest/filters.ts'
import type { Json } from './json.ts'
import type { Schemas } from './schemas.ts'

/** The parameters of a route: path, query string and headers. */
export function parametersOf(route: RouteEntry, schemas: Schemas): Json[] {
  const path = route.parameters.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }))
  if (route.kind === 'list') {
    return [...queryParameters(route, schemas), ...shared('Limit', 'Cursor', 'ConsistencyToken', 'Prefer')]
  }
  if (route.kind === 'get') return [...path, ...shared('IfNoneMatch', 'ConsistencyToken', 'Prefer')]
  if (route.kind === 'constant') return [...path, ...shared('IfNoneMatch')]
  const commands = commandEntriesOf(route)
  if (commands.length === 0) return path
  const isThere = commands.some(({ idFrom }) => idFrom.source !== 'new')
  return [...path, ...shared('IdempotencyKey', ...(isThere ? ['IfMatch'] : []))]
}

/** References to shared parameters. */
export function shared(...names: string[]): Json[] {
  return names.map((name) => ({ $ref: `#/components/parameters/${name}` }))
}

function queryParameters(list: ListEntry, schemas: Schemas): Json[] {
  const { projection, filters, sort } = list
  const fields = fieldsOf(projection.schema) ?? {}
  const filtering = filters.flatMap((field) => {
    const schema = fields[field]
    return schema ? filterParameters(list, field, schemas.inline(jsonSchemaOf(schema, 'output'))) : []
  })
  if (projection.indexes.length === 0) return filtering
  return [...filtering, sortParameter(projection.indexes, sort)]
}

function filterParameters(list: ListEntry, field: string, schema: Json): Json[] {
  const range = pickType(schema)
  const words = { gte: 'this or more', gt: 'more than this', lte: 'this or less', lt: 'less than this' }
  return [
    { name: field, in: 'query', description: `Only where \`${field}\` is this.${specialsOf(list, field)}`, schema },
    ...comparisons.map((comparison) => ({
      name: `${field}[${comparison}]`,
      in: 'query',
      description: `Only where \`${field}\` is ${words[comparison]}.`,
      schema: range,
    })),
  ]
}

/** What is special about a filter: which others it excludes, and what it is when nothing is given. */
export function specialsOf({ exclusive, defaultFilter }: ListEntry, field: string): string {
  const others = exclusive.includes(field) ? exclusive.filter((other) => other !== field) : []
  const excludes = others.length > 0 ? ` Not together with \`${others.join('`, `')}\`.` : ''
  if (defaultFilter?.field !== field) return excludes
  const value = defaultFilter.value === 'today' ? "Today's date in UTC" : `\`${defaultFilter.value}\``
  return `${excludes} ${value} when no filter, or this one without a value, is given.`
}

/** A bound need not be a value that the field itself could hold. */
function pickType({ type, format }: Json): Json {
  return { ...(type !== undefined && { type }), ...(format !== undefined && { format }) }
}

function sortParameter(indexes: readonly string[], sort: ListEntry['sort']): Json {
  const values = indexes.flatMap((field) => [field, `-${field}`])
  const given = sort && `${sort.descending ? '-' : ''}${sort.field}`
  return {
    name: 'sort',
    in: 'query',
    description: 'In which order; `-` in front means descending.',
    schema: { type: 'string', enum: values, ...(given && { default: given }) },
  }
}
