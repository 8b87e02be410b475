import type { StreamHead } from 'weir/ports'
import { EngineError, partitionOf } from 'weir/ports'
import type { Commits } from './commits.ts'
import { isBefore, type Place, start } from './cursor.ts'
import { type Head, type Heads, noHead } from './heads.ts'
import type { Entry, EntryPlace, Page } from './page.ts'
import type { Pages } from './pages.ts'
import type { Placer } from './placer.ts'

/** How many commits are read at once to be placed. */
const readAtOnce = 1_000

/** How many pages are looked at from a cursor on, before it is looked back from the head. */
const pagesAhead = 50

/**
 * How many pages are looked at, from the head of a stream back, for a place that a token asks for: tokens come from outside, and
 * may ask for the first of very many.
 */
const pagesBack = 50

interface LocatorServices {
  readonly heads: Heads
  readonly pages: Pages
  readonly commits: Commits
  readonly placer: Placer
}

/** Finds where commits of streams stand in the feed. */
export class Locator {
  readonly #lanes: number
  readonly #heads: Heads
  readonly #pages: Pages
  readonly #commits: Commits
  readonly #placer: Placer
  readonly #mayPlace: boolean

  /** @param mayPlace whether what is not placed yet may be; else it is not there */
  constructor(lanes: number, services: LocatorServices, mayPlace: boolean) {
    this.#lanes = lanes
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
   * The place behind the commit that holds a version of a stream. What is not placed yet is placed first. Of what lies far back
   * it is a later place of the stream, behind that (G8).
   *
   * @returns undefined when the stream has not come so far
   */
  async placeOf({ stream, version }: StreamHead): Promise<Place | undefined> {
    if (version === 0) return start
    const head = await this.#reach(stream, version)
    if (head.version < version) return undefined
    const entry = await this.#walk(stream, head, (each) => each.version <= version, pagesBack)
    return entry && behind(entry)
  }

  /** The version up to which a consumer has been given a stream when it stands at a place of its lane. */
  async given(stream: string, cursor: Place): Promise<number> {
    const ahead = await this.#pages.from(this.laneOf(stream), cursor.page, pagesAhead)
    const next = firstOf(stream, ahead.pages, cursor)
    if (next) return next.version - 1
    const head = (await this.#heads.get([stream])).get(stream) ?? noHead
    if (!ahead.more || !head.place || isBefore({ page: head.place.page, offset: head.place.index }, cursor))
      return head.version
    let end = head.version
    await this.#walk(stream, head, (each, { page, index }) => {
      const isGiven = isBefore({ page, offset: index }, cursor)
      if (!isGiven) end = each.version - 1
      return isGiven
    })
    return end
  }

  /** The head of a stream, placed up to a version if the stream has come so far. */
  async #reach(stream: string, version: number): Promise<Head> {
    const known = this.#placer.headOf(stream)
    if (known && known.version >= version) return known
    for (;;) {
      const head = (await this.#heads.get([stream])).get(stream) ?? noHead
      if (head.version >= version || !this.#mayPlace) return head
      const commits = await this.#commits.keysFrom(stream, head.version + 1, readAtOnce)
      if (commits.length === 0) return head
      await this.#placer.place(commits)
    }
  }

  /**
   * Goes back over the commits of a stream that are placed, from the newest, until one is what is looked for, or so many pages
   * were read.
   */
  async #walk(
    stream: string,
    { place }: Head,
    isIt: (entry: Entry, at: EntryPlace) => boolean,
    most: number = Number.POSITIVE_INFINITY,
  ): Promise<(EntryPlace & { last: boolean }) | undefined> {
    let page: Page | undefined
    let left = most
    for (let at = place; at; ) {
      if (page?.number !== at.page) {
        page = await this.#pages.get(this.laneOf(stream), at.page)
        left -= 1
      }
      const entry = page?.entries[at.index]
      if (!page || entry?.stream !== stream) throw damaged(stream, at)
      if (isIt(entry, at) || left <= 0) return { ...at, last: at.index === page.entries.length - 1 }
      at = entry.before
    }
    return undefined
  }
}

function behind({ page, index, last }: EntryPlace & { last: boolean }): Place {
  return last ? { page: page + 1, offset: 0 } : { page, offset: index + 1 }
}

function damaged(stream: string, { page }: EntryPlace): EngineError {
  return new EngineError(
    `DynamoDB: page ${page} of the feed does not hold ${stream}, as its head says. Were items of the index changed? ` +
      'Restore the index.',
  )
}

/** The first commit of a stream in pages, from a place on. */
function firstOf(stream: string, pages: readonly Page[], from: Place): Entry | undefined {
  for (const { number, entries } of pages) {
    const begin = number === from.page ? from.offset : 0
    const entry = entries.slice(begin).find((each) => each.stream === stream)
    if (entry) return entry
  }
  return undefined
}
