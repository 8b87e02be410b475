import type { SQLInputValue } from 'node:sqlite'
import type { Filter, ListQuery } from 'weir/ports'

/** A query whose last parameter, still to be bound, is the limit. */
export interface Query {
  readonly sql: string
  readonly parameters: readonly SQLInputValue[]
}

interface Condition {
  readonly sql: string
  readonly parameters: readonly SQLInputValue[]
}

const operators: Readonly<Record<Filter['operator'], string>> = { eq: '=', gt: '>', gte: '>=', lt: '<', lte: '<=' }

/**
 * The queries whose rows, one query after the other, are the page asked for. There are two where the page may cross
 * from nulls to values: as one query that needs an OR, and would walk the index from its start for every page.
 *
 * @param table the quoted table
 * @param column gives the column of an indexed field; throws when there is none
 */
export function listQueries(table: string, query: ListQuery, column: (field: string) => string): Query[] {
  const { sort } = query
  const filters = query.filters.map((filter) => filterCondition(filter, column(filter.field)))
  const order = sort?.descending ? 'DESC' : 'ASC'
  const key = sort && column(sort.field)
  const orderBy = key ? `${key} ${order}, id ${order}` : 'id'
  return ranges(query, key).map((range) => {
    const conditions = [...filters, ...range]
    const where = conditions.length > 0 ? `WHERE ${conditions.map((condition) => condition.sql).join(' AND ')}` : ''
    return {
      sql: `SELECT id, body, stream, version FROM ${table} ${where} ORDER BY ${orderBy} LIMIT ?`,
      parameters: conditions.flatMap((condition) => condition.parameters),
    }
  })
}

/** How a value of an indexed field is stored and asked for: text and numbers as they are, booleans as 0 and 1. */
export function toKey(value: unknown): SQLInputValue {
  if (typeof value === 'string' || typeof value === 'number') return value
  return typeof value === 'boolean' ? Number(value) : null
}

/** Where the page starts: behind `after` among equals (null or not), then what comes after those. */
function ranges({ sort, after }: ListQuery, key: string | undefined): Condition[][] {
  if (!after) return [[]]
  const beyond = sort?.descending ? '<' : '>'
  if (!key) return [[{ sql: `id ${beyond} ?`, parameters: [after.id] }]]
  const value = toKey(after.value)
  const nulls = { sql: `${key} IS NULL`, parameters: [] }
  const values = { sql: `${key} IS NOT NULL`, parameters: [] }
  if (value === null) {
    const rest = [nulls, { sql: `id ${beyond} ?`, parameters: [after.id] }]
    return sort?.descending ? [rest] : [rest, [values]]
  }
  const rest = [{ sql: `(${key}, id) ${beyond} (?, ?)`, parameters: [value, after.id] }]
  return sort?.descending ? [rest, [nulls]] : [rest]
}

function filterCondition({ operator, value }: Filter, column: string): Condition {
  const key = toKey(value)
  if (key === null && operator === 'eq') return { sql: `${column} IS NULL`, parameters: [] }
  return { sql: `${column} ${operators[operator]} ?`, parameters: [key] }
}
