import type { StatementSync } from 'node:sqlite'
import type {
  Append,
  AppendLimits,
  AppendResult,
  CommandRecord,
  Commit,
  Cursor,
  EventStore,
  Expectation,
  FeedCommit,
  FeedPage,
  FeedPart,
  Position,
  Progress,
  Snapshot,
  StreamAppend,
  StreamHead,
} from 'weir/ports'
import { endOfPrefix, noLimits, partitionOf } from 'weir/ports'
import type { Database } from './database.ts'

/** A page of the feed ends with the commit that exceeds this many characters: it is held in memory as a whole. */
const maxPageSize = 4 * 1024 * 1024

/** SQLite has every blob behind all text. */
const behindAllText = new Uint8Array()

/**
 * The log as a table. A position is a commit's row id in decimal; a cursor is the last position given, "0" at the
 * start. Row ids are given in commit order by the only writer, so a feed in their order has no gaps (G2).
 */
export class SqliteEventStore implements EventStore {
  readonly limits: AppendLimits = noLimits
  readonly #database: Database
  readonly #statements: Statements
  readonly #listeners = new Set<() => void>()
  /** The newest position that is known to be given out. */
  #newest: number
  /** How many events the store holds; while a group is written, also those of the group. */
  #events: number

  constructor(database: Database) {
    this.#database = database
    this.#statements = prepareStatements(database)
    this.#newest = Number(this.#end())
    this.#events = this.#eventsUpTo(this.#newest)
  }

  async append(group: readonly Append[]): Promise<AppendResult[]> {
    if (group.length === 0) return []
    const results = this.#appendGroup(group)
    const newest = results.findLast((result) => result.outcome === 'appended')
    const end = newest ? Number(newest.position) : this.#newest
    if (end > this.#newest) queueMicrotask(() => this.#notify())
    this.#newest = end
    return results
  }

  async readStream(stream: string, after: number, limit: number, given?: Cursor): Promise<Commit[]> {
    const end = given === undefined ? Number.MAX_SAFE_INTEGER : place(given)
    return this.#database.read(() => this.#statements.stream.all(stream, after, end, limit).map(toCommit))
  }

  /** One look into the index a stream: it leads to the last commit of the next one, whatever that has in between. */
  async streams(prefix: string, before: string | undefined, limit: number): Promise<StreamHead[]> {
    return this.#database.read(() => {
      const heads: StreamHead[] = []
      const end = endOfPrefix(prefix) ?? behindAllText
      for (let next: string | Uint8Array = before ?? behindAllText; heads.length < limit; ) {
        const row = this.#statements.lastStream.get(prefix, end, next)
        if (!row) break
        heads.push({ ...row } as unknown as StreamHead)
        next = row.stream as string
      }
      return heads
    })
  }

  async findCommand(commandId: string): Promise<CommandRecord | undefined> {
    const row = this.#database.read(() => this.#statements.command.get(commandId))
    return row && ({ ...row } as unknown as CommandRecord)
  }

  async commands(after: string | undefined, limit: number): Promise<CommandRecord[]> {
    const rows = this.#database.read(() => this.#statements.commands.all(after ?? '', after ?? null, limit))
    return rows.map((row) => ({ ...row }) as unknown as CommandRecord)
  }

  async loadSnapshot(stream: string, fingerprint: string): Promise<Snapshot | undefined> {
    const row = this.#database.read(() => this.#statements.snapshot.get(stream, fingerprint))
    return row && ({ ...row } as unknown as Snapshot)
  }

  async saveSnapshot(stream: string, { version, fingerprint, state }: Snapshot): Promise<void> {
    this.#database.relaxed(() => this.#statements.insertSnapshot.run(stream, version, fingerprint, state))
  }

  async readFeed(cursor: Cursor | undefined, limit: number, part?: FeedPart): Promise<FeedPage> {
    return this.#database.read(() => {
      const commits: FeedCommit[] = []
      let end = place(cursor)
      let size = 0
      for (const row of this.#statements.feed.iterate(end)) {
        if (commits.length === limit || size >= maxPageSize) return { commits, cursor: String(end), more: true }
        const commit = toFeedCommit(row)
        end = Number(commit.position)
        if (part && partitionOf(commit.stream, part.of) !== part.partition) continue
        commits.push(commit)
        size += commit.payload.length
      }
      return { commits, cursor: String(end), more: false }
    })
  }

  async feedEnd(): Promise<Cursor> {
    return this.#database.read(() => this.#end())
  }

  covers(cursor: Cursor | undefined, position: Position): boolean {
    return place(cursor) >= Number(position)
  }

  async locate(_: readonly StreamHead[], position: Position): Promise<Position | undefined> {
    if (!/^(0|[1-9]\d{0,14})$/.test(position)) return undefined
    // A store that is open for reading only learns of what another process appends when it is asked for it.
    if (Number(position) > this.#newest) this.#newest = Number(this.#database.read(() => this.#end()))
    return Number(position) <= this.#newest ? position : undefined
  }

  async progress(cursor: Cursor | undefined): Promise<Progress> {
    return this.#database.read(() => ({
      done: this.#eventsUpTo(place(cursor)),
      total: this.#eventsUpTo(Number.MAX_SAFE_INTEGER),
    }))
  }

  onAppended(listener: () => void): () => void {
    const own = () => listener()
    this.#listeners.add(own)
    return () => {
      this.#listeners.delete(own)
    }
  }

  #appendGroup(group: readonly Append[]): AppendResult[] {
    const events = this.#events
    try {
      return this.#database.transaction(() => group.map((member) => this.#appendOne(member)))
    } catch (error) {
      this.#events = events
      throw error
    }
  }

  /** Judges all of a member before it writes any of it, so that one that fails needs no rollback of its own. */
  #appendOne({ streams, commands }: Append): AppendResult {
    const commandId = this.#duplicate(commands)
    if (commandId !== undefined) return { outcome: 'duplicate', commandId }
    const heads: number[] = []
    for (const { stream, expected } of streams) {
      const version = this.#head(stream)
      if (!holds(expected, version)) return { outcome: 'conflict', stream, version }
      heads.push(version)
    }
    const versions = streams.map(({ count }, index) => (heads[index] ?? 0) + count)
    const position = this.#write(streams, versions) ?? this.#end()
    for (const { commandId, stream, version, count, hash } of commands) {
      this.#statements.insertCommand.run(commandId, stream, version, count, hash)
    }
    return { outcome: 'appended', versions, position }
  }

  /** The first command id that is recorded already, or borne twice. */
  #duplicate(commands: readonly CommandRecord[]): string | undefined {
    if (commands.length === 0) return undefined
    const ids = new Set<string>()
    for (const { commandId } of commands) {
      if (ids.has(commandId) || this.#statements.command.get(commandId)) return commandId
      ids.add(commandId)
    }
    return undefined
  }

  /** Writes the commits of one member; returns the position of the last, if there is any. */
  #write(streams: readonly StreamAppend[], versions: readonly number[]): Position | undefined {
    let position: Position | undefined
    let index = 0
    for (const { stream, count, payload } of streams) {
      const version = versions[index++] ?? 0
      if (count === 0) continue
      const { lastInsertRowid } = this.#statements.insertCommit.run(stream, version, count, this.#events, payload)
      this.#events += count
      position = String(lastInsertRowid)
    }
    return position
  }

  /** The version that a stream is at. */
  #head(stream: string): number {
    return Number(this.#statements.head.get(stream)?.version ?? 0)
  }

  #end(): string {
    return String(this.#statements.end.get()?.position ?? 0)
  }

  /** How many events there are in the commits up to a position. */
  #eventsUpTo(position: number): number {
    return Number(this.#statements.events.get(position)?.events ?? 0)
  }

  #notify(): void {
    for (const listener of [...this.#listeners]) listener()
  }
}

type Statements = Readonly<
  Record<
    | 'head'
    | 'lastStream'
    | 'end'
    | 'events'
    | 'insertCommit'
    | 'stream'
    | 'feed'
    | 'command'
    | 'commands'
    | 'insertCommand'
    | 'snapshot'
    | 'insertSnapshot',
    StatementSync
  >
>

function prepareStatements(database: Database): Statements {
  return {
    head: database.prepare('SELECT version FROM commits WHERE stream = ? ORDER BY version DESC LIMIT 1'),
    lastStream: database.prepare(
      `SELECT stream, version FROM commits WHERE stream >= ? AND stream < min(?, ?)
        ORDER BY stream DESC, version DESC LIMIT 1`,
    ),
    end: database.prepare('SELECT max(position) AS position FROM commits'),
    events: database.prepare(
      'SELECT events_before + count AS events FROM commits WHERE position <= ? ORDER BY position DESC LIMIT 1',
    ),
    insertCommit: database.prepare(
      'INSERT INTO commits (stream, version, count, events_before, payload) VALUES (?, ?, ?, ?, ?)',
    ),
    stream: database.prepare(
      `SELECT stream, version, count, payload FROM commits
        WHERE stream = ? AND version > ? AND position <= ? ORDER BY version LIMIT ?`,
    ),
    feed: database.prepare(
      'SELECT position, stream, version, count, payload FROM commits WHERE position > ? ORDER BY position',
    ),
    command: database.prepare(
      'SELECT command_id AS commandId, stream, version, count, hash FROM commands WHERE command_id = ?',
    ),
    commands: database.prepare(
      `SELECT command_id AS commandId, stream, version, count, hash FROM commands
        WHERE command_id >= ? AND command_id IS NOT ? ORDER BY command_id LIMIT ?`,
    ),
    insertCommand: database.prepare('INSERT INTO commands VALUES (?, ?, ?, ?, ?)'),
    snapshot: database.prepare(
      'SELECT version, fingerprint, state FROM snapshots WHERE stream = ? AND fingerprint = ?',
    ),
    insertSnapshot: database.prepare('INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?)'),
  }
}

function toCommit(row: Record<string, unknown>): Commit {
  const { stream, version, count, payload } = row as unknown as Commit
  return { stream, version: version - count + 1, count, payload }
}

function toFeedCommit(row: Record<string, unknown>): FeedCommit {
  return { ...toCommit(row), position: String(row.position) }
}

function holds(expected: Expectation, version: number): boolean {
  if (expected === 'any') return true
  if (expected === 'present') return version > 0
  return version === (expected === 'absent' ? 0 : expected)
}

function place(cursor: Cursor | undefined): number {
  return cursor === undefined ? 0 : Number(cursor)
}
