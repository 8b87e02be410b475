import {
  type GraphQLArgumentConfig,
  GraphQLEnumType,
  GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLInt,
  GraphQLNonNull,
  GraphQLString,
} from 'graphql'
import { fieldsOf, type ListEntry } from 'weir'
import type { Clock } from 'weir/ports'
import type { ListOptions } from 'weir/runtime'
import { specialsOf } from '../../openapi/parameters.ts'
import { freeName } from '../../openapi/words.ts'
import { Problem, problem } from '../../problems/problem.ts'
import { comparisons } from '../../rest/filters.ts'
import { listParametersReader } from '../../rest/list-query.ts'
import type { SchemaTypes } from '../schema-types.ts'
import { fieldName, typeName } from '../types/names.ts'

type Args = Readonly<Record<string, unknown>>

/** Where a parameter of REST's query string stands among the arguments. */
type Places = ReadonlyMap<string, readonly string[]>

/** The arguments of a list, and what reads them. */
export interface ListArguments {
  readonly configs: Record<string, GraphQLArgumentConfig>
  /** The one that says how long a page is. */
  readonly length: string
  readonly read: (args: Args) => ListOptions | Problem
}

/**
 * Prepares the arguments of a list: what REST takes in the query string, read by the same rules.
 *
 * 1. A filter is an argument of its field's name; bounds stand in `where`.
 * 2. `first` and `after` go from page to page, `sort` names an order.
 */
export function listArguments(entry: ListEntry, name: string, types: SchemaTypes, clock: Clock): ListArguments {
  const configs: ListArguments['configs'] = {}
  const places = new Map<string, readonly string[]>()
  const add = (wanted: string, config: GraphQLArgumentConfig): string => {
    const free = freeName([wanted, `${wanted}Argument`], (taken) => Object.hasOwn(configs, taken))
    configs[free] = config
    return free
  }
  const filters = filterTypes(entry, types)
  for (const [field, type] of filters) {
    const description = `Only where \`${field}\` is this.${specialsOf(entry, field)}`
    places.set(field, [add(fieldName(field), { type, description })])
  }
  const bounds = boundsOf(filters, typeName(name), types)
  if (bounds) {
    const where = add('where', { type: bounds, description: 'Only where these bounds hold.' })
    for (const [field] of filters) {
      for (const comparison of comparisons) places.set(`${field}[${comparison}]`, [where, fieldName(field), comparison])
    }
  }
  const sort = sortConfig(entry, typeName(name), types)
  if (sort) places.set('sort', [add('sort', sort)])
  const length = add('first', { type: GraphQLInt, defaultValue: 100, description: 'How many at most: 1 to 1,000.' })
  places.set('limit', [length])
  places.set('cursor', [add('after', { type: GraphQLString, description: 'The cursor behind which the page begins.' })])
  return { configs, length, read: reading(entry, places, clock) }
}

function reading(entry: ListEntry, places: Places, clock: Clock): ListArguments['read'] {
  const read = listParametersReader(entry, clock)
  const all = [...places]
  return (args) => {
    const given = all.flatMap(([parameter, place]): [string, string][] => {
      const value = place.reduce<unknown>((part, key) => (part as Args | null | undefined)?.[key], args)
      return value === undefined || value === null ? [] : [[parameter, String(value)]]
    })
    const asked = read(given)
    if (!(asked instanceof Problem)) return asked.options
    const { errors = [] } = asked.occurrence
    const renamed = errors.map(({ field, message }) => ({ field: places.get(field)?.join('.') ?? field, message }))
    return problem('invalid-input', { errors: renamed })
  }
}

/** The fields that a list can be filtered on, with the types of their values. */
export function filterTypes(
  { projection, filters }: ListEntry,
  types: SchemaTypes,
): [field: string, type: GraphQLInputType][] {
  const fields = fieldsOf(projection.schema) ?? {}
  const { name } = types.documentOf(projection)
  return filters.flatMap((field) => {
    const schema = fields[field]
    if (!schema) return []
    const { type } = types.inputs.fieldOf(schema, field, name + typeName(field))
    return [[field, type instanceof GraphQLNonNull ? type.ofType : type]]
  })
}

function boundsOf(
  filters: readonly (readonly [field: string, type: GraphQLInputType])[],
  name: string,
  types: SchemaTypes,
): GraphQLInputObjectType | undefined {
  const fields = filters.flatMap(([field, type]) => {
    const range = types.ranges.of(type)
    return range ? [[fieldName(field), { type: range }] as const] : []
  })
  if (fields.length === 0) return undefined
  return new GraphQLInputObjectType({ name: types.names.take(`${name}Where`), fields: Object.fromEntries(fields) })
}

function sortConfig(
  { projection: { indexes }, sort }: ListEntry,
  name: string,
  types: SchemaTypes,
): GraphQLArgumentConfig | undefined {
  if (indexes.length === 0) return undefined
  const values = indexes.flatMap((field) => [
    [`${fieldName(field)}_ASC`, { value: field, description: `By \`${field}\`, the least first.` }] as const,
    [`${fieldName(field)}_DESC`, { value: `-${field}`, description: `By \`${field}\`, the greatest first.` }] as const,
  ])
  return {
    type: new GraphQLEnumType({ name: types.names.take(`${name}Sort`), values: Object.fromEntries(values) }),
    description: `In which order${sort ? '' : '; by id if not given'}.`,
    ...(sort && { defaultValue: `${sort.descending ? '-' : ''}${sort.field}` }),
  }
}
