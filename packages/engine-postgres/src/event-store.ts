import type {
  Append,
  AppendLimits,
  AppendResult,
  CommandRecord,
  Commit,
  Cursor,
  EventStore,
  FeedPage,
  FeedPart,
  Position,
  Progress,
  Snapshot,
  StreamHead,
} from 'weir/ports'
import { noLimits } from 'weir/ports'
import { appendGroup, isWrite } from './append.ts'
import type { Appended } from './appended.ts'
import { commitPosition, covers, type Reach, reachOf } from './cursor.ts'
import type { Database } from './database.ts'
import type { Feed } from './feed.ts'
import { cutId, hashLength, mark, minCutLength } from './key.ts'
import { listStreams } from './streams.ts'

/**
 * The log as tables. A position names a commit's transaction and its place, or a snapshot when nothing was written; a
 * cursor is what a consumer has seen, in snapshots: see `cursor.ts`.
 */
export class PostgresEventStore implements EventStore {
  /** While the server writes one group, the other is decided here. */
  readonly limits: AppendLimits = { ...noLimits, groups: 2 }
  readonly #database: Database
  readonly #feed: Feed
  readonly #appended: Appended | undefined
  /** How far xids and positions are known to have come. */
  #reach: Reach = { xid: 0, at: 0 }
  #asking: Promise<void> = Promise.resolve()
  #nextAsking: Promise<void> | undefined

  /** @param appended who is told of appends; undefined: nobody */
  constructor(database: Database, feed: Feed, appended?: Appended) {
    this.#database = database
    this.#feed = feed
    this.#appended = appended
  }

  async append(group: readonly Append[]): Promise<AppendResult[]> {
    const results = await appendGroup(this.#database, group)
    const newest = results.findLast((result) => result.outcome === 'appended')
    if (newest) this.#reached(reachOf(newest.position))
    if (results.some(({ outcome }, index) => outcome === 'appended' && group[index]?.streams.some(isWrite)))
      this.#appended?.announce()
    return results
  }

  async readStream(stream: string, after: number, limit: number, given?: Cursor): Promise<Commit[]> {
    const commits = this.#database.name('commits')
    const rows = await this.#database.read<Omit<Commit, 'stream'> & { xid: number; place: number }>(
      `SELECT version, count, payload, xid, position AS place FROM ${commits}
        WHERE stream = $1 AND version + count - 1 > $2 AND version >= coalesce(
          (SELECT version FROM ${commits} WHERE stream = $1 AND version <= $2 + 1 ORDER BY version DESC LIMIT 1), 0)
        ORDER BY version LIMIT $3`,
      [cutId(stream), after, limit],
    )
    return rows
      .filter(({ xid, place }) => given === undefined || covers(given, commitPosition(xid, place)))
      .map(({ version, count, payload }) => ({ stream, version, count, payload }))
  }

  async streams(prefix: string, before: string | undefined, limit: number): Promise<StreamHead[]> {
    return listStreams(this.#database, prefix, before, limit)
  }

  async findCommand(commandId: string): Promise<CommandRecord | undefined> {
    const [row] = await this.#database.read<Omit<CommandRecord, 'commandId'>>(
      `SELECT stream, version, count, hash FROM ${this.#database.name('commands')} WHERE command_id = $1`,
      [cutId(commandId)],
    )
    return row && { commandId, ...row }
  }

  /** Of ids that were cut only the beginning is stored: they end with the mark and a hash, and are left out. */
  async commands(after: string | undefined, limit: number): Promise<CommandRecord[]> {
    return this.#database.read<CommandRecord>(
      `SELECT command_id AS "commandId", stream, version, count, hash FROM ${this.#database.name('commands')}
        WHERE command_id >= $1 AND command_id IS DISTINCT FROM $2
          AND (char_length(command_id) < $5 OR left(right(command_id, $4 + 1), 1) <> $3)
        ORDER BY command_id LIMIT $6`,
      [after ?? '', after ?? null, mark, hashLength, minCutLength, limit],
    )
  }

  async loadSnapshot(stream: string, fingerprint: string): Promise<Snapshot | undefined> {
    const [row] = await this.#database.read<Snapshot>(
      `SELECT version, fingerprint, state FROM ${this.#database.name('snapshots')}
        WHERE stream = $1 AND fingerprint = $2`,
      [cutId(stream), fingerprint],
    )
    return row
  }

  async saveSnapshot(stream: string, { version, fingerprint, state }: Snapshot): Promise<void> {
    await this.#database.query(
      `INSERT INTO ${this.#database.name('snapshots')} (stream, version, fingerprint, state)
        SELECT $1, $2, $3, $4 FROM set_config('synchronous_commit', 'off', true)
        ON CONFLICT (stream) DO UPDATE
          SET version = excluded.version, fingerprint = excluded.fingerprint, state = excluded.state`,
      [cutId(stream), version, fingerprint, state],
    )
  }

  async readFeed(cursor: Cursor | undefined, limit: number, part?: FeedPart): Promise<FeedPage> {
    return this.#feed.read(cursor, limit, part)
  }

  async feedEnd(): Promise<Cursor> {
    return this.#feed.end()
  }

  covers(cursor: Cursor | undefined, position: Position): boolean {
    return covers(cursor, position)
  }

  async locate(_: readonly StreamHead[], position: Position): Promise<Position | undefined> {
    const reach = reachOf(position)
    if (!reach) return undefined
    if (!this.#isReached(reach)) await this.#ask()
    return this.#isReached(reach) ? position : undefined
  }

  async progress(cursor: Cursor | undefined): Promise<Progress> {
    return this.#feed.progress(cursor)
  }

  onAppended(listener: () => void): () => void {
    return this.#appended?.subscribe(listener) ?? (() => {})
  }

  #isReached({ xid, at }: Reach): boolean {
    return xid <= this.#reach.xid && at <= this.#reach.at
  }

  /** Asks how far xids and positions have come: from now on, so who finds a question under way waits for the next. */
  async #ask(): Promise<void> {
    this.#nextAsking ??= this.#asking.then(() => {
      this.#nextAsking = undefined
      const asking = this.#look()
      this.#asking = asking.catch(() => {})
      return asking
    })
    await this.#nextAsking
  }

  async #look(): Promise<void> {
    const { next, floor } = await this.#feed.now()
    this.#reached({ xid: next - 1, at: floor })
  }

  #reached({ xid, at }: Reach = { xid: 0, at: 0 }): void {
    this.#reach = { xid: Math.max(this.#reach.xid, xid), at: Math.max(this.#reach.at, at) }
  }
}
