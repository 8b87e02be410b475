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
import { EngineError } from 'weir/ports'
import { Appender } from './append.ts'
import { Appended } from './appended.ts'
import type { SetAside } from './aside.ts'
import { Commits, lastVersion } from './commits.ts'
import { covers, isBefore, type Place, parsePlaces, readCursor, unlocated, writePlaces } from './cursor.ts'
import type { Dynamo } from './dynamo.ts'
import type { Identity } from './epoch.ts'
import { Feed } from './feed.ts'
import { Heads } from './heads.ts'
import { limits } from './limits.ts'
import { Locator } from './locator.ts'
import { LostRecords } from './lost-records.ts'
import { Pages } from './pages.ts'
import { Placer } from './placer.ts'
import { Records } from './records.ts'
import { Sweep, type SweepOptions } from './sweep.ts'

/** How a process takes part in placing. */
export interface PlacingOptions {
  /** Whether it places what it appends; else somebody else does, and it places only what it is asked to locate. */
  readonly places: boolean
  /** Whether it may only look. */
  readonly readOnly: boolean
  /** How it sweeps for what others have left; not at all if it does not place. */
  readonly sweep?: SweepOptions | undefined
  /** Told of each stream that cannot be placed any further. */
  readonly onSetAside?: ((aside: SetAside) => void) | undefined
}

/**
 * The log as items of two tables. Commits are put by their streams, and become part of the feed a moment later: see
 * `LanePlacer`. The position of an append is looked up when somebody wants to know it; a cursor is a place in each lane:
 * see `cursor.ts`.
 *
 * 1. What was appended by this process is placed before anything is told that depends on it.
 */
export class DynamodbEventStore implements EventStore {
  readonly limits: AppendLimits = limits
  readonly #lanes: number
  readonly #commits: Commits
  readonly #records: Records
  readonly #lost: LostRecords | undefined
  readonly #heads: Heads
  readonly #appender: Appender
  readonly #placer: Placer
  readonly #appended: Appended
  readonly #feed: Feed
  readonly #locator: Locator

  readonly #places: boolean
  readonly #readOnly: boolean
  readonly #sweep: Sweep | undefined

  constructor(
    dynamo: Dynamo,
    identity: Identity,
    { places, readOnly, sweep, onSetAside: setAside = () => {} }: PlacingOptions,
  ) {
    const { lanes } = identity
    const commits = new Commits(dynamo)
    const pages = new Pages(dynamo)
    const heads = new Heads(dynamo)
    this.#lanes = lanes
    this.#commits = commits
    this.#records = new Records(dynamo)
    this.#heads = heads
    const services = { dynamo, commits, records: this.#records, heads }
    this.#lost = readOnly ? undefined : LostRecords.after(identity, services)
    this.#appender = new Appender(dynamo, commits, this.#records, this.#lost)
    this.#appended = new Appended(lanes, pages)
    const placed = (lane: number, { number }: { number: number }) => this.#appended.placed(lane, number)
    this.#placer = new Placer(lanes, { dynamo, commits, heads, pages, lost: this.#lost, placed, setAside })
    this.#feed = new Feed(lanes, pages, commits)
    this.#locator = new Locator(lanes, { dynamo, heads, pages, commits, placer: this.#placer }, !readOnly)
    this.#places = places
    this.#readOnly = readOnly
    this.#sweep = places ? new Sweep({ dynamo, placer: this.#placer, lost: this.#lost }, sweep) : undefined
  }

  async append(group: readonly Append[]): Promise<AppendResult[]> {
    if (this.#readOnly && group.some(leavesTrace)) throw lookOnly()
    return this.#appender.append(group, (commits) => {
      if (this.#places) this.#placer.add(commits)
    })
  }

  async readStream(stream: string, after: number, limit: number, given?: Cursor): Promise<Commit[]> {
    const from = await this.#firstBehind(stream, after)
    const commits = await this.#commits.from(stream, from, limit)
    const last = commits.at(-1)
    if (last) this.#appender.learn(stream, lastVersion(last))
    if (given === undefined || commits.length === 0) return commits
    await this.#placer.settle()
    const place = readCursor(given, this.#lanes)[this.#locator.laneOf(stream)]
    const end = place ? await this.#locator.given(stream, place) : 0
    return commits.filter(({ version }) => version <= end)
  }

  async streams(prefix: string, before: string | undefined, limit: number): Promise<StreamHead[]> {
    await this.#placer.settle()
    return this.#heads.list(prefix, before, limit)
  }

  async findCommand(commandId: string, streams: readonly string[] = []): Promise<CommandRecord | undefined> {
    await this.#lost?.restore(streams)
    return this.#records.findCommand(commandId)
  }

  async commands(after: string | undefined, limit: number): Promise<CommandRecord[]> {
    return this.#records.commands(after, limit)
  }

  async loadSnapshot(stream: string, fingerprint: string): Promise<Snapshot | undefined> {
    return this.#records.loadSnapshot(stream, fingerprint)
  }

  async saveSnapshot(stream: string, snapshot: Snapshot): Promise<void> {
    if (this.#readOnly) throw lookOnly()
    await this.#records.saveSnapshot(stream, snapshot)
  }

  async readFeed(cursor: Cursor | undefined, limit: number, part?: FeedPart): Promise<FeedPage> {
    await this.#placer.settle()
    return this.#feed.read(cursor, limit, part)
  }

  async feedEnd(): Promise<Cursor> {
    await this.#placer.settle()
    return this.#feed.end()
  }

  covers(cursor: Cursor | undefined, position: Position): boolean {
    return covers(cursor, position)
  }

  async locate(streams: readonly StreamHead[], position: Position): Promise<Position | undefined> {
    if (position !== unlocated) return this.#isGivenOut(position)
    await this.#placer.settle()
    if (streams.length === 0) return this.#feed.end()
    const places = await Promise.all(streams.map((head) => this.#locator.placeOf(head)))
    const newest: (Place | undefined)[] = Array.from({ length: this.#lanes })
    for (const [index, { stream }] of streams.entries()) {
      const place = places[index]
      if (!place) return undefined
      const lane = this.#locator.laneOf(stream)
      const other = newest[lane]
      newest[lane] = other && isBefore(place, other) ? other : place
    }
    return writePlaces(newest)
  }

  async progress(cursor: Cursor | undefined): Promise<Progress> {
    await this.#placer.settle()
    return this.#feed.progress(cursor)
  }

  onAppended(listener: () => void): () => void {
    return this.#appended.subscribe(listener)
  }

  /** Places what was appended. No other call may follow. */
  async close(): Promise<void> {
    this.#appended.close()
    await this.#sweep?.close()
    await this.#placer.close()
  }

  /** The version from which commits are to be read that hold events behind a version. */
  async #firstBehind(stream: string, after: number): Promise<number> {
    if (after <= 0) return 1
    const commit = await this.#commits.atOrBefore(stream, after)
    if (!commit) return 1
    const end = lastVersion(commit)
    if (end <= after) this.#appender.learn(stream, end)
    return end > after ? commit.version : end + 1
  }

  /** A position that was located already, unless it lies in the future. */
  async #isGivenOut(position: Position): Promise<Position | undefined> {
    const places = parsePlaces(position)
    if (places?.length !== this.#lanes) return undefined
    return covers(await this.feedEnd(), position) ? position : undefined
  }
}

function leavesTrace({ streams, commands }: Append): boolean {
  return commands.length > 0 || streams.some(({ count }) => count > 0)
}

function lookOnly(): EngineError {
  return new EngineError('DynamoDB: the store was opened to look at it only.')
}
