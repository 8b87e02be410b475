import type { StreamHead } from 'weir/ports'
import { EngineError, partitionOf } from 'weir/ports'
import { asideOf } from './aside.ts'
import { type Commits, lastVersion } from './commits.ts'
import { isBefore, type Place, start } from './cursor.ts'
import type { Dynamo } from './dynamo.ts'
import { type Head, type Heads, noHead } from './heads.ts'
import type { Entry, Page } from './page.ts'
import type { Pages } from './pages.ts'
import type { Placer } from './placer.ts'
import { type EntryPlace, lastOn } from './trail.ts'

/** How many commits are read at once to be placed. */
const readAtOnce = 1_000

interface LocatorServices {
  readonly dynamo: Dynamo
  readonly heads: Heads
  readonly pages: Pages
  readonly commits: Commits
  readonly placer: Placer
}

/** Finds where commits of streams stand in the feed, in a few steps from the heads of the streams: see `trail.ts`. */
export class Locator {
  readonly #lanes: number
  readonly #dynamo: Dynamo
  readonly #heads: Heads
  readonly #pages: Pages
  readonly #commits: Commits
  readonly #placer: Placer
  readonly #mayPlace: boolean

  /** @param mayPlace whether what is not placed yet may be; else it is not there */
  constructor(lanes: number, services: LocatorServices, mayPlace: boolean) {
    this.#lanes = lanes
    this.#dynamo = services.dynamo
    this.#heads = services.heads
    this.#pages = services.pages
    this.#commits = services.commits
    this.#placer = services.placer
    this.#mayPlace = mayPlace
  }

  laneOf(stream: string): number {
    return partitionOf(stream, this.#lanes)
  }

  /**
   * The place behind the commit that holds a version of a stream. What is not placed yet is placed first.
   *
   * @returns undefined when the stream has not come so far
   */
  async placeOf({ stream, version }: StreamHead): Promise<Place | undefined> {
    if (version === 0) return start
    const head = await this.#reach(stream, version)
    if (head.version < version) return undefined
    const pages = this.#pagesOf(stream)
    const at = await lastOn(
      head.trail,
      async (place) => (await pages.entry(place)).version <= version,
      async (place) => (await pages.entry(place)).before,
    )
    return at && pages.behind(at)
  }

  /** The version up to which a consumer has been given a stream when it stands at a place of its lane. */
  async given(stream: string, cursor: Place): Promise<number> {
    const { version, trail } = (await this.#heads.get([stream])).get(stream) ?? noHead
    const isGiven = ({ page, index }: EntryPlace) => isBefore({ page, offset: index }, cursor)
    if (trail[0] && isGiven(trail[0])) return version
    const pages = this.#pagesOf(stream)
    const at = await lastOn(trail, isGiven, async (place) => (await pages.entry(place)).before)
    return at ? lastVersion(await pages.entry(at)) : 0
  }

  /** The head of a stream, placed up to a version if the stream has come so far. */
  async #reach(stream: string, version: number): Promise<Head> {
    const known = this.#placer.headOf(stream)
    if (known && known.version >= version) return known
    for (;;) {
      const head = (await this.#heads.get([stream])).get(stream) ?? noHead
      if (head.version >= version || !this.#mayPlace) return head
      const commits = await this.#commits.keysFrom(stream, head.version + 1, readAtOnce)
      if (!commits[0]) return head
      if (commits[0].version > head.version + 1)
        throw new EngineError(asideOf(stream, head.version + 1, this.#dynamo).reason)
      await this.#placer.place(commits)
    }
  }

  #pagesOf(stream: string): PagesOfStream {
    return new PagesOfStream(stream, this.laneOf(stream), this.#pages)
  }
}

/** The pages that a search for commits of a stream reads, each once. */
class PagesOfStream {
  readonly #stream: string
  readonly #lane: number
  readonly #pages: Pages
  readonly #read = new Map<number, Promise<Page | undefined>>()

  constructor(stream: string, lane: number, pages: Pages) {
    this.#stream = stream
    this.#lane = lane
    this.#pages = pages
  }

  async entry(place: EntryPlace): Promise<Entry> {
    const entry = (await this.#page(place))?.entries[place.index]
    if (entry?.stream !== this.#stream) throw damaged(this.#stream, place)
    return entry
  }

  /** The place of who has been given an entry, and nothing behind it. */
  async behind(place: EntryPlace): Promise<Place> {
    const isLast = place.index + 1 === (await this.#page(place))?.entries.length
    return isLast ? { page: place.page + 1, offset: 0 } : { page: place.page, offset: place.index + 1 }
  }

  #page({ page: number }: EntryPlace): Promise<Page | undefined> {
    const page = this.#read.get(number) ?? this.#pages.get(this.#lane, number)
    this.#read.set(number, page)
    return page
  }
}

function damaged(stream: string, { page }: EntryPlace): EngineError {
  return new EngineError(
    `DynamoDB: page ${page} of the feed does not hold ${stream}, as its head says. Were items of the index changed? ` +
      'Restore the index.',
  )
}
