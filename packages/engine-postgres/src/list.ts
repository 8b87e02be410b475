import type { Filter, ListQuery } from 'weir/ports'
import { cutId, cutKey, isLong, isNull, toKey } from './key.ts'

/** A page of a list ends with the document that exceeds this many bytes: it is held in memory as a whole. */
const maxPageSize = 4 * 1024 * 1024

const operators: Readonly<Record<Filter['operator'], string>> = { eq: '=', gt: '>', gte: '>=', lt: '<', lte: '<=' }

/** Where an indexed field is: its column, and its place in what is beside it when it is too long for an index. */
export interface Field {
  readonly column: string
  readonly place: number
}

/** A query with the values of its parameters. */
export interface Statement {
  readonly sql: string
  readonly values: readonly unknown[]
}

export interface ListedRow {
  readonly id: string
  /** Null when the page ended before it. */
  readonly body: string | null
  readonly stream: string
  readonly version: number
  readonly isCut: boolean
}

/** Collects the values of a query. */
class Parameters {
  readonly values: unknown[]

  constructor(values: readonly unknown[]) {
    this.values = [...values]
  }

  add(value: unknown): string {
    return `$${this.values.push(value)}`
  }
}

/**
 * The query whose rows are the page asked for, and one more when more come behind it.
 *
 * @param table the quoted table
 * @param given values that the caller's part of the statement takes
 * @param find gives an indexed field; throws when there is none
 * @param exact compares what was cut by the whole of it, which no index helps with: for the few pages where some was
 */
export function listQuery(
  table: string,
  query: ListQuery,
  given: readonly unknown[],
  find: (field: string) => Field,
  exact: boolean,
): Statement {
  const parameters = new Parameters(given)
  const direction = query.sort?.descending ? 'DESC' : 'ASC'
  const order = orderOf(query, find, exact)
  const conditions = query.filters.map((filter) => filterCondition(filter, find(filter.field), parameters))
  if (query.after) conditions.push(afterCondition(query, order, parameters, exact))
  const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''
  const orderBy = order.map((column) => `${column} ${direction}`).join(', ')
  const limit = parameters.add(query.limit)
  const sql = `SELECT ${stored}, place, whole IS NOT NULL AS "isCut",
      CASE WHEN place <= ${limit} AND size - octet_length(body) < ${maxPageSize} THEN body END AS body
    FROM (
      SELECT *, row_number() OVER pages AS place, sum(octet_length(body)) OVER pages AS size
      FROM (SELECT * FROM ${table} ${where} ORDER BY ${orderBy} LIMIT ${limit}::bigint + 1) found
      WINDOW pages AS (ORDER BY ${orderBy} ROWS UNBOUNDED PRECEDING)
    ) placed`
  return { sql, values: parameters.values }
}

/** The columns of a document, but for its body. */
export const stored = 'COALESCE(whole->>0, id) AS id, stream, version'

/** Whether the page after this document can only be found by whole keys. */
export function needsWhole({ sort, after }: ListQuery): boolean {
  return sort !== undefined && after !== undefined && isLong(toKey(after.value))
}

function orderOf({ sort }: ListQuery, find: (field: string) => Field, exact: boolean): string[] {
  if (!sort) return ['id']
  const field = find(sort.field)
  return exact ? [field.column, whole(field), 'id'] : [field.column, 'id']
}

function afterCondition(
  { sort, after }: ListQuery,
  order: readonly string[],
  parameters: Parameters,
  exact: boolean,
): string {
  const key = toKey(after?.value)
  const keys = sort ? [cutKey(key), ...(exact ? [isLong(key) ? key : ''] : [])] : []
  const values = [...keys, cutId(after?.id ?? '')].map((value) => parameters.add(value))
  return `(${order.join(', ')}) ${sort?.descending ? '<' : '>'} (${values.join(', ')})`
}

function filterCondition({ operator, value }: Filter, field: Field, parameters: Parameters): string {
  const { column } = field
  if (isNull(value)) return operator === 'eq' ? `${column} = ''` : 'false'
  const key = toKey(value)
  const cut = parameters.add(cutKey(key))
  const condition = isLong(key)
    ? `(${column}, ${whole(field)}) ${operators[operator]} (${cut}, ${parameters.add(key)})`
    : `${column} ${operators[operator]} ${cut}`
  return operator === 'lt' || operator === 'lte' ? `${condition} AND ${column} > ''` : condition
}

/** The whole of a key that was cut; empty for others, which come first among what is cut alike. */
function whole({ place }: Field): string {
  return `COALESCE(whole->>${place}, '') COLLATE "C"`
}
