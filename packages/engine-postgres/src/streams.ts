import { endOfPrefix, type StreamHead } from 'weir/ports'
import type { Database } from './database.ts'
import { cutId, isLong, mark } from './key.ts'

/**
 * Lists streams, the last name first. Those whose names were cut stand among the others where they belong; their whole
 * names are in their commits.
 */
export function listStreams(
  database: Database,
  prefix: string,
  before: string | undefined,
  limit: number,
): Promise<StreamHead[]> {
  const values: unknown[] = [prefix, isLong(prefix) ? cutId(prefix).slice(0, -hashLength) : prefix]
  const add = (value: unknown) => `$${values.push(value)}`
  const ends = [endOfPrefix(values[1] as string), before === undefined ? undefined : cutId(before)]
  const bounds = ends.flatMap((end) => (end === undefined ? [] : [`AND streams.stream < ${add(end)}`]))
  return database.read(
    `SELECT coalesce(long_name, stream) AS stream, version FROM ${database.name('streams')} streams
      LEFT JOIN LATERAL (
        SELECT long_name FROM ${database.name('commits')} commits
          WHERE commits.stream = streams.stream AND strpos(streams.stream, ${add(mark)}) > 0 LIMIT 1
      ) whole ON true
      WHERE streams.stream >= $2 ${bounds.join(' ')} AND starts_with(coalesce(long_name, stream), $1)
      ORDER BY streams.stream DESC LIMIT ${add(limit)}`,
    values,
  )
}

/** Of a name that was cut. */
const hashLength = 64
