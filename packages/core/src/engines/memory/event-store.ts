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
} from '../../ports/index.ts'
import { noLimits, partitionOf } from '../../ports/index.ts'
import { compareText } from './documents.ts'

/** The log as one array. A position is a commit's place in it, counted from 1; a cursor is the last position given. */
export class MemoryEventStore implements EventStore {
  readonly limits: AppendLimits = noLimits
  readonly #log: FeedCommit[] = []
  /** How many events the log holds up to each place, from place 0. */
  readonly #events: number[] = [0]
  readonly #streams = new Map<string, FeedCommit[]>()
  readonly #commands = new Map<string, CommandRecord>()
  readonly #snapshots = new Map<string, Snapshot>()
  readonly #listeners = new Set<() => void>()

  async append(group: readonly Append[]): Promise<AppendResult[]> {
    const end = this.#log.length
    const results = group.map((member) => this.#judge(member) ?? this.#write(member))
    if (this.#log.length > end) queueMicrotask(() => this.#notify())
    return results
  }

  async readStream(stream: string, after: number, limit: number, given?: Cursor): Promise<Commit[]> {
    const commits = this.#streams.get(stream) ?? []
    const start = firstAfter(commits, after)
    return commits
      .slice(start, start + limit)
      .filter(({ position }) => given === undefined || this.covers(given, position))
      .map(({ position: _, ...commit }) => commit)
  }

  async streams(prefix: string, before: string | undefined, limit: number): Promise<StreamHead[]> {
    return [...this.#streams.keys()]
      .filter((name) => name.startsWith(prefix) && (before === undefined || compareText(name, before) < 0))
      .sort((a, b) => compareText(b, a))
      .slice(0, limit)
      .map((stream) => ({ stream, version: this.#version(stream) }))
  }

  async findCommand(commandId: string): Promise<CommandRecord | undefined> {
    return this.#commands.get(commandId)
  }

  async commands(after: string | undefined, limit: number): Promise<CommandRecord[]> {
    return [...this.#commands.values()]
      .filter(({ commandId }) => after === undefined || compareText(commandId, after) > 0)
      .sort((a, b) => compareText(a.commandId, b.commandId))
      .slice(0, limit)
  }

  async loadSnapshot(stream: string, fingerprint: string): Promise<Snapshot | undefined> {
    const snapshot = this.#snapshots.get(stream)
    return snapshot?.fingerprint === fingerprint ? snapshot : undefined
  }

  async saveSnapshot(stream: string, snapshot: Snapshot): Promise<void> {
    this.#snapshots.set(stream, snapshot)
  }

  async readFeed(cursor: Cursor | undefined, limit: number, part?: FeedPart): Promise<FeedPage> {
    const commits: FeedCommit[] = []
    let end = place(cursor)
    for (; end < this.#log.length && commits.length < limit; end += 1) {
      const commit = this.#log[end] as FeedCommit
      if (!part || partitionOf(commit.stream, part.of) === part.partition) commits.push(commit)
    }
    return { commits, cursor: String(end), more: end < this.#log.length }
  }

  async feedEnd(): Promise<Cursor> {
    return this.#end()
  }

  covers(cursor: Cursor | undefined, position: Position): boolean {
    return place(cursor) >= Number(position)
  }

  async locate(_: readonly StreamHead[], position: Position): Promise<Position | undefined> {
    const isGiven = /^(0|[1-9]\d{0,14})$/.test(position) && Number(position) <= this.#log.length
    return isGiven ? position : undefined
  }

  async progress(cursor: Cursor | undefined): Promise<Progress> {
    return { done: this.#events[place(cursor)] ?? 0, total: this.#events.at(-1) ?? 0 }
  }

  onAppended(listener: () => void): () => void {
    const own = () => listener()
    this.#listeners.add(own)
    return () => {
      this.#listeners.delete(own)
    }
  }

  /** The reason why a member cannot be appended, if there is one. */
  #judge({ streams, commands }: Append): AppendResult | undefined {
    const ids = new Set<string>()
    for (const { commandId } of commands) {
      if (this.#commands.has(commandId) || ids.has(commandId)) return { outcome: 'duplicate', commandId }
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
    for (const command of commands) this.#commands.set(command.commandId, command)
    return { outcome: 'appended', versions, position: this.#end() }
  }

  #writeStream({ stream, count, payload }: StreamAppend): number {
    const version = this.#version(stream)
    if (count === 0) return version
    const commit: FeedCommit = { stream, version: version + 1, count, payload, position: String(this.#log.length + 1) }
    this.#log.push(commit)
    this.#events.push((this.#events.at(-1) ?? 0) + count)
    const commits = this.#streams.get(stream)
    if (commits) commits.push(commit)
    else this.#streams.set(stream, [commit])
    return version + count
  }

  #version(stream: string): number {
    const last = this.#streams.get(stream)?.at(-1)
    return last ? lastVersion(last) : 0
  }

  #end(): string {
    return String(this.#log.length)
  }

  #notify(): void {
    for (const listener of [...this.#listeners]) listener()
  }
}

function holds(expected: Expectation, version: number): boolean {
  if (expected === 'any') return true
  if (expected === 'present') return version > 0
  return version === (expected === 'absent' ? 0 : expected)
}

/** The start of the feed is place 0, as is a cursor that was taken from an empty feed. */
function place(cursor: Cursor | undefined): number {
  return cursor === undefined ? 0 : Number(cursor)
}

function lastVersion(commit: Commit): number {
  return commit.version + commit.count - 1
}

/** Index of the first commit with events after a version, by bisection: long streams are read in many pages. */
function firstAfter(commits: readonly Commit[], version: number): number {
  let low = 0
  let high = commits.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (lastVersion(commits[middle] as Commit) > version) high = middle
    else low = middle + 1
  }
  return low
}
