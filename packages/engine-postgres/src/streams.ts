import { endOfPrefix, type StreamHead } from 'weir/ports'
import type { Database } from './database.ts'
import { cutId, hashLength, isLong, mark } from './key.ts'

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
  const start = isLong(prefix) ? cutId(prefix).slice(0, -hashLength) : prefix
  const values: unknown[] = [start, mark, prefix, limit]
  const ends = [endOfPrefix(start), before === undefined ? undefined : cutId(before)]
  const bounds = ends.flatMap((end) => (end === undefined ? [] : [`AND stream < $${values.push(end)}`]))
  return database.read(
    `SELECT coalesce(long_name, streams.stream) AS stream, version FROM (
        SELECT stream, version FROM ${database.name('streams')}
          WHERE stream >= $1 ${bounds.join(' ')} ORDER BY stream DESC ${isLong(prefix) ? '' : 'LIMIT $4'}
      ) streams LEFT JOIN LATERAL (
        SELECT long_name FROM ${database.name('commits')} commits
          WHERE commits.stream = streams.stream AND strpos(streams.stream, $2) > 0 LIMIT 1
      ) whole ON true
      WHERE starts_with(coalesce(long_name, streams.stream), $3) ORDER BY streams.stream DESC LIMIT $4`,
    values,
  )
}
