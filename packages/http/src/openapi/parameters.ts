import { fieldsOf, jsonSchemaOf, type ListEntry, type RouteEntry } from 'weir'
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
  return [...path, ...shared('IdempotencyKey', ...(route.idFrom.source === 'new' ? [] : ['IfMatch']))]
}

function shared(...names: string[]): Json[] {
  return names.map((name) => ({ $ref: `#/components/parameters/${name}` }))
}

function queryParameters({ projection, filters, sort }: ListEntry, schemas: Schemas): Json[] {
  const fields = fieldsOf(projection.schema) ?? {}
  const filtering = filters.flatMap((field) => {
    const schema = fields[field]
    return schema ? filterParameters(field, schemas.inline(jsonSchemaOf(schema, 'output'))) : []
  })
  if (projection.indexes.length === 0) return filtering
  return [...filtering, sortParameter(projection.indexes, sort)]
}

function filterParameters(field: string, schema: Json): Json[] {
  const range = pickType(schema)
  const words = { gte: 'this or more', gt: 'more than this', lte: 'this or less', lt: 'less than this' }
  return [
    { name: field, in: 'query', description: `Only where \`${field}\` is this.`, schema },
    ...comparisons.map((comparison) => ({
      name: `${field}[${comparison}]`,
      in: 'query',
      description: `Only where \`${field}\` is ${words[comparison]}.`,
      schema: range,
    })),
  ]
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
