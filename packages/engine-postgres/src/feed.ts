import type { Commit, Cursor, FeedPage, FeedPart, Progress } from 'weir/ports'
import {
  commitPosition,
  fromPostgres,
  type Horizon,
  isSame,
  type Place,
  readPlace,
  type SnapshotRow,
  writePlace,
} from './cursor.ts'
import type { Database } from './database.ts'

/** A page of the feed ends with the commit that exceeds this many bytes: it is held in memory as a whole. */
const maxPageSize = 4 * 1024 * 1024

/** The moment at which a statement saw the log. */
interface NowRow extends SnapshotRow {
  /** The next xid that PostgreSQL will give. */
  readonly next: number
  readonly floor: number
}

/** A row of a page; a page without commits has one row, with nothing in these columns. */
interface PageRow extends NowRow {
  readonly position: number | null
  readonly xid: number
  readonly stream: string
  readonly version: number
  readonly count: number
  readonly payload: string
  /** How many commits were found, up to one beyond the limit. */
  readonly found: number
}

/**
 * The feed of all commits. Transactions are committed in an order that neither their xids nor their positions show; so a
 * reader cannot go by the last number that it was given. It goes by what was visible.
 *
 * 1. (G2) A page gives, of what a target snapshot shows, what the cursor's snapshot did not show, in the order of
 *    positions. Of a stream, versions are in that order, and a snapshot that shows one shows those before it: so nothing
 *    of a stream is left out, or out of order, or given twice.
 * 2. What the cursor's snapshot did not show is found by two indexes: by position from the floor on, if it began later,
 *    and by xid, if it was under way (see `Horizon`).
 * 3. A transaction that stays open holds back its own commits, and nothing else.
 * 4. A statement sees one snapshot, and tells which.
 */
export class Feed {
  readonly #database: Database
  readonly #now: string

  /** @param offset what is to be added to xids of PostgreSQL, when that is not what the store says */
  constructor(database: Database, offset?: number) {
    this.#database = database
    const added = offset ?? `(SELECT value::bigint FROM ${database.name('meta')} WHERE key = 'offset')`
    const end = 'pg_snapshot_xmax(pg_current_snapshot())'
    const commits = database.name('commits')
    // The age of an xid is how many have been given since.
    this.#now = `SELECT pg_current_snapshot()::text AS snapshot, ${added} AS added,
      ${end}::text::bigint + greatest(age(${end}::xid), 0) AS next,
      (SELECT coalesce(max(xid), 0) FROM ${commits}) AS newest,
      (SELECT coalesce(max(position), 0) FROM ${commits}) AS floor`
  }

  async read(cursor: Cursor | undefined, limit: number, part: FeedPart | undefined): Promise<FeedPage> {
    const place = readPlace(cursor)
    const { sql, values } = this.#page(place, limit, part)
    const rows = await this.#database.read<PageRow>(sql, values)
    const now = horizonOf(rows[0])
    const commits = rows.flatMap((row) => (row.position === null ? [] : [toCommit(row)])).slice(0, limit)
    const target = place.target ?? now
    if ((rows[0]?.found ?? 0) > commits.length) {
      const last = rows[commits.length - 1]?.position ?? place.last
      return { commits, cursor: writePlace({ seen: place.seen, target, last }), more: true }
    }
    // What came after the target was set waits, too.
    return { commits, cursor: writePlace({ seen: target, last: 0 }), more: !isSame(target, now) }
  }

  /** The moment that it is now. */
  async now(): Promise<Horizon> {
    const [row] = await this.#database.read<NowRow>(this.#now)
    return horizonOf(row)
  }

  /** The cursor behind all that is committed now. */
  async end(): Promise<Cursor> {
    return writePlace({ seen: await this.now(), last: 0 })
  }

  async progress(cursor: Cursor | undefined): Promise<Progress> {
    const { seen, last } = readPlace(cursor)
    const { floor } = await this.now()
    return { done: Math.max(seen.floor, last), total: Math.max(seen.floor, floor) }
  }

  #page({ seen, target, last }: Place, limit: number, part: FeedPart | undefined): { sql: string; values: unknown[] } {
    const values: unknown[] = []
    const value = (each: unknown) => `$${values.push(each)}`
    const also = [
      ...(part ? [`slot % ${value(part.of)} = ${value(part.partition)}`] : []),
      ...(target ? [`xid < ${value(target.end)} AND xid <> ALL (${value(target.running)}::bigint[])`] : []),
    ]
    const max = value(limit + 1)
    const find = (order: string, ...conditions: string[]) => `(
      SELECT position, xid, coalesce(long_name, stream) AS stream, version, count, size, payload
      FROM ${this.#database.name('commits')} WHERE ${[...conditions, ...also].join(' AND ')} ORDER BY ${order} LIMIT ${max}
    )`
    // Adding nothing keeps the planner from another index than the one that is meant, where it would look at most of the log.
    const findByPosition = (...conditions: string[]) => find('position', ...conditions)
    const findByXid = (...conditions: string[]) => find('position + 0', ...conditions, `position > ${value(last)}`)
    const next = value(seen.next)
    const found = [findByPosition(`position > ${value(Math.max(seen.floor, last))}`, `xid + 0 >= ${next}`)]
    if (seen.running.length > 0) found.push(findByXid(`xid = ANY (${value(seen.running)}::bigint[])`))
    if (seen.next > seen.end) found.push(findByXid(`xid >= ${value(seen.end)}`, `xid < ${next}`))
    return { sql: this.#cut(found, max), values }
  }

  /** Puts together what was found, and leaves out what would make the page too large, before that is fetched. */
  #cut(found: readonly string[], max: string): string {
    return `
      WITH now AS MATERIALIZED (${this.#now})
      SELECT * FROM now LEFT JOIN (
        SELECT *, sum(size) OVER (ORDER BY position ROWS UNBOUNDED PRECEDING) - size AS before, count(*) OVER () AS found
        FROM (SELECT * FROM (${found.join(' UNION ALL ')}) AS found ORDER BY position LIMIT ${max}) AS first
      ) AS page ON before < ${maxPageSize} ORDER BY position`
  }
}

function horizonOf(row: NowRow | undefined): Horizon {
  if (!row) throw new Error('PostgreSQL gave no snapshot.')
  return { ...fromPostgres(row), next: row.next + row.added, floor: row.floor }
}

function toCommit({ stream, version, count, payload, xid, position }: PageRow): Commit {
  return { stream, version, count, payload, position: commitPosition(xid, position ?? 0) }
}
