import type { Cursor, FeedCommit, FeedPage, FeedPart, Progress } from 'weir/ports'
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

/** What is larger than any xid. */
const noEnd = Number.MAX_SAFE_INTEGER

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
  readonly #page: string
  readonly #offset: number | null

  /** @param offset what is to be added to xids of PostgreSQL, when that is not what the store says */
  constructor(database: Database, offset?: number) {
    this.#database = database
    this.#offset = offset ?? null
    this.#now = `SELECT * FROM ${database.name('now')}($1, $2)`
    this.#page = `SELECT * FROM ${database.name('now')}($1, $2)
      LEFT JOIN ${database.name('feed')}($3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON true`
  }

  async read(cursor: Cursor | undefined, limit: number, part: FeedPart | undefined): Promise<FeedPage> {
    const place = readPlace(cursor)
    const rows = await this.#database.read<PageRow>(this.#page, [...this.#place(), ...parameters(place, limit, part)])
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
    const [row] = await this.#database.read<NowRow>(this.#now, this.#place())
    return horizonOf(row)
  }

  #place(): unknown[] {
    return [this.#offset, this.#database.epoch]
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
}

function parameters({ seen, target, last }: Place, limit: number, part: FeedPart | undefined): unknown[] {
  return [
    last,
    seen.floor,
    seen.next,
    seen.end,
    seen.running,
    target?.end ?? noEnd,
    target?.running ?? [],
    limit + 1,
    part?.of ?? null,
    part?.partition ?? null,
  ]
}

function horizonOf(row: NowRow | undefined): Horizon {
  if (!row) throw new Error('PostgreSQL gave no snapshot.')
  return { ...fromPostgres(row), next: row.next, floor: row.floor }
}

function toCommit({ stream, version, count, payload, xid, position }: PageRow): FeedCommit {
  return { stream, version, count, payload, position: commitPosition(xid, position ?? 0) }
}
