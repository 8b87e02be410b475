import { randomUUID } from 'node:crypto'
import type { CancellationReason } from '@aws-sdk/client-dynamodb'
import { EngineError } from 'weir/ports'
import { asideOf, type SetAside } from './aside.ts'
import type { CommitKey, Commits } from './commits.ts'
import type { Dynamo } from './dynamo.ts'
import { type Head, type Heads, noHead, toHead } from './heads.ts'
import type { LostRecords } from './lost-records.ts'
import { Lru } from './lru.ts'
import { type Page, toPageItem } from './page.ts'
import type { LaneEnd, Pages } from './pages.ts'
import { backOff } from './patience.ts'
import { type Draft, PlacingQueue } from './placing-queue.ts'
import { hasFailed, transact } from './transaction.ts'

/** Of how many streams it is remembered how far they are placed. */
const rememberedHeads = 50_000

/** How many commits are read at once to fill a gap. */
const gapPage = 1_000

/** How often a page is tried when others are quicker. */
const maxAttempts = 60

/** What a placer needs of the store. */
export interface PlacingServices {
  readonly dynamo: Dynamo
  readonly commits: Commits
  readonly heads: Heads
  readonly pages: Pages
  /** Records of commands that may be missing, after a restore: they are put back before a commit is placed. */
  readonly lost?: LostRecords | undefined
  /** A page has been placed. */
  readonly placed: (lane: number, page: Page) => void
  /** A stream waits, because a version of it is missing. */
  readonly setAside: (aside: SetAside) => void
}

/**
 * Makes commits of one lane part of the feed.
 *
 * 1. (G2) A page is put behind the newest, if nothing is there, in one transaction that moves the heads of its streams, if
 *    they are where the page continues them. So each commit is placed once, in the order of versions and without gaps,
 *    whoever places, however many do.
 * 2. What is remembered of heads and of the newest page only saves reading: what is wrong is refused, and told.
 * 3. One transaction is under way at a time: what comes meanwhile goes into the next.
 * 4. A stream of which a version is missing, though later ones are there, is set aside: nothing of it is placed behind the gap,
 *    all others go on. It is told each time that its commits come, and tried again then.
 */
export class LanePlacer {
  readonly #lane: number
  readonly #services: PlacingServices
  readonly #queue = new PlacingQueue()
  readonly #heads = new Lru<string, Head>(rememberedHeads)
  #end: LaneEnd | undefined
  #round: Promise<void> | undefined

  constructor(lane: number, services: PlacingServices) {
    this.#lane = lane
    this.#services = services
  }

  add(commits: readonly CommitKey[]): void {
    this.#queue.add(commits)
  }

  get isIdle(): boolean {
    return !this.#queue.holds(this.#queue.arrivals)
  }

  /** The head of a stream, as far as it was seen here. */
  headOf(stream: string): Head | undefined {
    return this.#heads.get(stream)
  }

  /** The head of a stream, as it was read. */
  learn(stream: string, head: Head): void {
    if (head.version > (this.#heads.get(stream)?.version ?? -1)) this.#heads.set(stream, head)
  }

  /** Resolves when all that has been added until now is placed; rejects when that fails, and then it waits still. */
  async settle(): Promise<void> {
    const { arrivals } = this.#queue
    while (this.#queue.holds(arrivals)) await this.#placeNext()
  }

  /** Places what is ready; who comes while that is under way shares it. */
  #placeNext(): Promise<void> {
    this.#round ??= this.#place().finally(() => {
      this.#round = undefined
    })
    return this.#round
  }

  async #place(): Promise<void> {
    for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
      const draft = await this.#draft()
      if (!draft || (await this.#put(draft))) return
      if (attempt > 2) await backOff(attempt - 2)
    }
    throw new EngineError(
      `DynamoDB at ${this.#services.dynamo.place}: others place commits all the time. Try again in a moment.`,
    )
  }

  /** Undefined when nothing is left to be placed of what comes next. */
  async #draft(): Promise<Draft | undefined> {
    for (;;) {
      const streams = this.#queue.streams()
      if (streams.size === 0) return undefined
      const heads = await this.#headsOf(streams)
      this.#queue.drop(heads)
      this.#end ??= await this.#services.pages.end(this.#lane)
      const draft = this.#queue.draft(this.#end.page + 1, heads)
      if (draft.entries.length > 0) return draft
      await this.#fillGaps(heads)
    }
  }

  /** Heads are read when they were not seen before; a first commit needs no reading: that it is placed would be refused. */
  async #headsOf(streams: ReadonlyMap<string, number>): Promise<Map<string, Head>> {
    const heads = new Map<string, Head>()
    for (const [stream, version] of streams) {
      const head = this.#heads.get(stream) ?? (version === 1 ? noHead : undefined)
      if (head) heads.set(stream, head)
    }
    const unknown = [...streams.keys()].filter((stream) => !heads.has(stream))
    if (unknown.length === 0) return heads
    for (const [stream, head] of await this.#services.heads.get(unknown)) {
      heads.set(stream, head)
      this.#heads.set(stream, head)
    }
    return heads
  }

  /** Of each stream that waits for what nobody has placed, reads that. */
  async #fillGaps(heads: ReadonlyMap<string, Head>): Promise<void> {
    const gaps = [...this.#queue.streams()].filter(([stream, version]) => {
      const head = heads.get(stream)
      return head && version > head.version + 1
    })
    await Promise.all(gaps.map(([stream, version]) => this.#fill(stream, heads.get(stream)?.version ?? 0, version)))
  }

  /** Reads what of a stream nobody has placed, up to a commit that waits. */
  async #fill(stream: string, from: number, to: number): Promise<void> {
    const { commits, heads, setAside, dynamo } = this.#services
    const missing = (await commits.keysFrom(stream, from + 1, gapPage)).filter(({ version }) => version < to)
    if (missing[0]?.version === from + 1) return this.#queue.fill(missing)
    const head = (await heads.get([stream])).get(stream) ?? noHead
    this.#heads.set(stream, head)
    // Others have placed meanwhile what is not there any more: it is not missing before what waits.
    if (head.version > from) return
    this.#queue.setAside(stream, to)
    setAside(asideOf(stream, from + 1, dynamo))
  }

  /** Whether the page was placed; if not, what is known of heads and of the end is right again. */
  async #put({ number, entries, moves }: Draft): Promise<boolean> {
    const { dynamo, heads, lost } = this.#services
    await lost?.restore([...moves.keys()])
    const total = (this.#end?.total ?? 0) + entries.reduce((sum, { count }) => sum + count, 0)
    const page: Page = { number, entries, total }
    const writing = randomUUID()
    const put = {
      Put: {
        TableName: dynamo.tables.index,
        Item: toPageItem(this.#lane, page, writing),
        ConditionExpression: 'attribute_not_exists(pk)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
      },
    }
    const updates = [...moves].map(([stream, { from, to }]) => heads.move(stream, from, to))
    const outcome = await transact(dynamo, [put, ...updates], writing)
    if (outcome === 'done') this.#moveOn(page, moves)
    else this.#learn([...moves.keys()], outcome)
    return outcome === 'done'
  }

  #moveOn(page: Page, moves: Draft['moves']): void {
    this.#end = { page: page.number, total: page.total }
    const heads = new Map([...moves].map(([stream, { to }]) => [stream, to]))
    for (const [stream, head] of heads) this.#heads.set(stream, head)
    this.#queue.drop(heads)
    this.#services.placed(this.#lane, page)
  }

  #learn(streams: readonly string[], [ofPage, ...ofHeads]: readonly CancellationReason[]): void {
    if (ofPage && hasFailed(ofPage)) this.#end = undefined
    for (const [index, reason] of ofHeads.entries()) {
      if (hasFailed(reason)) this.#heads.set(streams[index] ?? '', reason.Item ? toHead(reason.Item) : noHead)
    }
  }
}
