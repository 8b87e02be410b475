import type { StatementSync } from 'node:sqlite'
import type {
  Append,
  AppendResult,
  CommandRecord,
  Commit,
  Cursor,
  EventStore,
  Expectation,
  FeedPage,
  Position,
  Snapshot,
  StreamAppend,
} from 'weir/ports'
import type { Database } from './database.ts'

/**
 * The log as a table. A position is a commit's row id in decimal; a cursor is the last position given, "0" at the
 * start. Row ids are given in commit order by the only writer, so a feed in their order has no gaps (G2).
 */
export class SqliteEventStore implements EventStore {
  readonly #database: Database
  readonly #statements: Statements
  readonly #listeners = new Set<() => void>()

  constructor(database: Database) {
    this.#database = database
    this.#statements = prepareStatements(database)
  }

  async append(group: readonly Append[]): Promise<AppendResult[]> {
    if (group.length === 0) return []
    const results = this.#database.transaction(() => group.map((member) => this.#judge(member) ?? this.#write(member)))
    queueMicrotask(() => this.#notify())
    return results
  }

  async readStream(stream: string, after: number, limit: number): Promise<Commit[]> {
    return this.#database.read(() => this.#statements.stream.all(stream, after, limit).map(toCommit))
  }

  async findCommand(commandId: string): Promise<CommandRecord | undefined> {
    const row = this.#database.read(() => this.#statements.command.get(commandId))
    return row && ({ ...row } as unknown as CommandRecord)
  }

  async loadSnapshot(stream: string, fingerprint: string): Promise<Snapshot | undefined> {
    const row = this.#database.read(() => this.#statements.snapshot.get(stream, fingerprint))
    return row && ({ ...row } as unknown as Snapshot)
  }

  async saveSnapshot(stream: string, { version, fingerprint, state }: Snapshot): Promise<void> {
    this.#database.relaxed(() => this.#statements.insertSnapshot.run(stream, version, fingerprint, state))
  }

  async readFeed(cursor: Cursor | undefined, limit: number): Promise<FeedPage> {
    const start = place(cursor)
    const commits = this.#database.read(() => this.#statements.feed.all(start, limit + 1).map(toCommit))
    const more = commits.length > limit
    if (more) commits.pop()
    return { commits, cursor: commits.at(-1)?.position ?? String(start), more }
  }

  async feedEnd(): Promise<Cursor> {
    return this.#database.read(() => this.#end())
  }

  covers(cursor: Cursor | undefined, position: Position): boolean {
    return place(cursor) >= Number(position)
  }

  isPosition(text: string): boolean {
    return /^(0|[1-9]\d{0,14})$/.test(text)
  }

  onAppended(listener: () => void): () => void {
    const own = () => listener()
    this.#listeners.add(own)
    return () => {
      this.#listeners.delete(own)
    }
  }

  /** The reason why a member cannot be appended, if there is one: all is judged before any of it is written. */
  #judge({ streams, commands }: Append): AppendResult | undefined {
    const ids = new Set<string>()
    for (const { commandId } of commands) {
      if (ids.has(commandId) || this.#statements.command.get(commandId)) return { outcome: 'duplicate', commandId }
      ids.add(commandId)
    }
    for (const { stream, expected } of streams) {
      const version = this.#version(stream)
      if (!holds(expected, version)) return { outcome: 'conflict', stream, version }
    }
    return undefined
  }

  #write({ streams, commands }: Append): AppendResult {
    const versions = streams.map((part) => this.#writeStream(part))
    for (const { commandId, stream, version, count, hash } of commands) {
      this.#statements.insertCommand.run(commandId, stream, version, count, hash)
    }
    return { outcome: 'appended', versions, position: this.#end() }
  }

  #writeStream({ stream, count, payload }: StreamAppend): number {
    const version = this.#version(stream) + count
    if (count > 0) this.#statements.insertCommit.run(stream, version, count, payload)
    return version
  }

  #version(stream: string): number {
    return Number(this.#statements.head.get(stream)?.version ?? 0)
  }

  #end(): string {
    return String(this.#statements.end.get()?.position ?? 0)
  }

  #notify(): void {
    for (const listener of [...this.#listeners]) listener()
  }
}

type Statements = Readonly<
  Record<
    'head' | 'end' | 'insertCommit' | 'stream' | 'feed' | 'command' | 'insertCommand' | 'snapshot' | 'insertSnapshot',
    StatementSync
  >
>

function prepareStatements(database: Database): Statements {
  const columns = 'position, stream, version, count, payload'
  return {
    head: database.prepare('SELECT version FROM commits WHERE stream = ? ORDER BY version DESC LIMIT 1'),
    end: database.prepare('SELECT max(position) AS position FROM commits'),
    insertCommit: database.prepare('INSERT INTO commits (stream, version, count, payload) VALUES (?, ?, ?, ?)'),
    stream: database.prepare(
      `SELECT ${columns} FROM commits WHERE stream = ? AND version > ? ORDER BY version LIMIT ?`,
    ),
    feed: database.prepare(`SELECT ${columns} FROM commits WHERE position > ? ORDER BY position LIMIT ?`),
    command: database.prepare(
      'SELECT command_id AS commandId, stream, version, count, hash FROM commands WHERE command_id = ?',
    ),
    insertCommand: database.prepare('INSERT INTO commands VALUES (?, ?, ?, ?, ?)'),
    snapshot: database.prepare(
      'SELECT version, fingerprint, state FROM snapshots WHERE stream = ? AND fingerprint = ?',
    ),
    insertSnapshot: database.prepare('INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?)'),
  }
}

function toCommit(row: Record<string, unknown>): Commit {
  const { position, stream, version, count, payload } = row as {
    position: number
    stream: string
    version: number
    count: number
    payload: string
  }
  return { stream, version: version - count + 1, count, payload, position: String(position) }
}

function holds(expected: Expectation, version: number): boolean {
  if (expected === 'any') return true
  if (expected === 'present') return version > 0
  return version === (expected === 'absent' ? 0 : expected)
}

function place(cursor: Cursor | undefined): number {
  return cursor === undefined ? 0 : Number(cursor)
}
