import type { Commit, Cursor, FeedCommit, FeedPage, FeedPart, Progress } from 'weir/ports'
import { partitionOf } from 'weir/ports'
import type { CommitKey, Commits } from './commits.ts'
import { type Place, type Places, readCursor, start, writePlaces } from './cursor.ts'
import type { Entry } from './page.ts'
import type { Pages } from './pages.ts'

/** How many pages of a lane are read at once. */
const maxPages = 200

/** How many commits are read at once, and after about how many bytes a page of the feed ends. */
const commitsAtOnce = 100
const maxText = 8_000_000

/** An entry of the feed that waits for a consumer. */
interface Waiting {
  readonly entry: Entry
  readonly lane: number
  /** The place behind it. */
  readonly place: Place
}

/** What waits in a lane. */
interface LaneView {
  readonly lane: number
  readonly from: Place
  readonly waiting: readonly Waiting[]
  /** The place behind all that was looked at. */
  readonly end: Place
  /** Whether there may be more behind. */
  readonly more: boolean
}

/** Where a consumer stands in a lane, and whether more waits for it. */
interface LaneEnd {
  readonly lane: number
  readonly end: Place
  readonly more: boolean
}

/**
 * The feed of all commits that are placed.
 *
 * 1. (G2) The pages of a lane are numbered without gaps and never change: who has been given all before a place goes on
 *    from there, and gets each commit once. A stream is in one lane, in the order of its versions.
 * 2. A part of the feed is read from the lanes that its streams can be in.
 */
export class Feed {
  readonly #lanes: number
  readonly #pages: Pages
  readonly #commits: Commits

  constructor(lanes: number, pages: Pages, commits: Commits) {
    this.#lanes = lanes
    this.#pages = pages
    this.#commits = commits
  }

  async read(cursor: Cursor | undefined, limit: number, part: FeedPart | undefined): Promise<FeedPage> {
    const places = readCursor(cursor, this.#lanes).map((place, lane) =>
      isOfPart(lane, this.#lanes, part) ? (place ?? start) : undefined,
    )
    const views = await this.#lookAt(places, limit, part)
    const turn = turnOf(places) % views.length
    const chosen = choose([...views.slice(turn), ...views.slice(0, turn)], limit)
    const commits = await this.#fetch(chosen)
    const given = chosen.slice(0, commits.length)
    const ends = views.map((view) => endOf(view, given))
    return {
      commits,
      cursor: writePlaces(
        places.map((place, lane) => place && (ends.find((each) => each.lane === lane)?.end ?? place)),
      ),
      more: ends.some(({ more }) => more),
    }
  }

  /** The cursor behind all that is placed. */
  async end(): Promise<Cursor> {
    const ends = await Promise.all(Array.from({ length: this.#lanes }, (_, lane) => this.#pages.end(lane)))
    return writePlaces(ends.map(({ page }) => ({ page: page + 1, offset: 0 })))
  }

  async progress(cursor: Cursor | undefined): Promise<Progress> {
    const places = readCursor(cursor, this.#lanes)
    const lanes = await Promise.all(places.map((place, lane) => this.#progressOf(lane, place)))
    return {
      done: lanes.reduce((sum, { done }) => sum + done, 0),
      total: lanes.reduce((sum, { total }) => sum + total, 0),
    }
  }

  /** Lanes of which a cursor says nothing are not for its consumer: nothing is to be done there. */
  async #progressOf(lane: number, place: Place | undefined): Promise<Progress> {
    const end = await this.#pages.end(lane)
    if (!place || place.page > end.page) return { done: end.total, total: end.total }
    if (place.offset === 0) return { done: await this.#pages.total(lane, place.page - 1), total: end.total }
    const page = await this.#pages.get(lane, place.page)
    const left = (page?.entries ?? []).slice(place.offset).reduce((sum, { count }) => sum + count, 0)
    return { done: (page?.total ?? 0) - left, total: end.total }
  }

  /** What waits in lanes. Where nothing does, which is most of the time, that is found out in one call. */
  async #lookAt(places: Places, limit: number, part: FeedPart | undefined): Promise<LaneView[]> {
    const views = places.map(async (from, lane): Promise<LaneView[]> => {
      if (!from) return []
      if (await this.#pages.isThere(lane, from.page)) return [await this.#look(lane, from, limit, part)]
      return [{ lane, from, waiting: [], end: from, more: false }]
    })
    return (await Promise.all(views)).flat()
  }

  async #look(lane: number, from: Place, limit: number, part: FeedPart | undefined): Promise<LaneView> {
    const waiting: Waiting[] = []
    let end = from
    for (let more = true; more; ) {
      const found = await this.#pages.from(lane, end.page, Math.min(limit + 1, maxPages))
      for (const { number, entries } of found.pages) {
        for (const [index, entry] of entries.entries()) {
          if (number === from.page && index < from.offset) continue
          if (part && partitionOf(entry.stream, part.of) !== part.partition) continue
          const isLast = index === entries.length - 1
          const place = isLast ? { page: number + 1, offset: 0 } : { page: number, offset: index + 1 }
          waiting.push({ entry, lane, place })
        }
        end = { page: number + 1, offset: 0 }
      }
      more = found.more
      if (waiting.length > limit) break
      if (!more) return { lane, from, waiting, end, more }
    }
    return { lane, from, waiting, end, more: true }
  }

  /** The commits of what was chosen, as far as a page holds their text. */
  async #fetch(chosen: readonly Waiting[]): Promise<FeedCommit[]> {
    const commits: FeedCommit[] = []
    let text = 0
    for (let from = 0; from < chosen.length && text < maxText; from += commitsAtOnce) {
      const part = chosen.slice(from, from + commitsAtOnce)
      const found = await this.#get(part.map(({ entry }) => entry))
      for (const [index, { place, lane }] of part.entries()) {
        const commit = found[index] as Commit
        const position = writePlaces(
          Array.from({ length: this.#lanes }, (_, each) => (each === lane ? place : undefined)),
        )
        commits.push({ ...commit, position })
        text += commit.payload.length
      }
    }
    return commits
  }

  /** What was placed is there, though a reading that costs half may not see it yet. */
  async #get(keys: readonly CommitKey[]): Promise<Commit[]> {
    const found = new Map<string, Commit>()
    const nameOf = ({ stream, version }: CommitKey) => `${version} ${stream}`
    for (const consistent of [false, true]) {
      const missing = keys.filter((key) => !found.has(nameOf(key)))
      for (const commit of await this.#commits.get(missing, consistent)) found.set(nameOf(commit), commit)
    }
    return keys.map((key) => {
      const commit = found.get(nameOf(key))
      if (commit) return commit
      throw this.#commits.lost(key)
    })
  }
}

/** Whether streams of a part can be in a lane. */
function isOfPart(lane: number, lanes: number, part: FeedPart | undefined): boolean {
  if (!part) return true
  const common = divisor(lanes, part.of)
  return lane % common === part.partition % common
}

function divisor(one: number, other: number): number {
  return other === 0 ? one : divisor(other, one % other)
}

/** Takes from the lanes what one page of the feed gives: a fair share of each, and what others leave. */
function choose(views: readonly LaneView[], limit: number): Waiting[] {
  const shares = views.map(() => 0)
  let left = limit
  for (let isMore = true; left > 0 && isMore; ) {
    isMore = false
    for (const [index, { waiting }] of views.entries()) {
      const share = shares[index] as number
      const more = Math.min(waiting.length - share, Math.max(1, Math.floor(left / views.length)), left)
      shares[index] = share + more
      left -= more
      isMore ||= more > 0
    }
  }
  return views.flatMap(({ waiting }, index) => waiting.slice(0, shares[index]))
}

/** Where a consumer stands in a lane that was given some of what waits there. */
function endOf({ lane, from, waiting, end, more }: LaneView, given: readonly Waiting[]): LaneEnd {
  const taken = given.filter((each) => each.lane === lane).length
  if (taken === waiting.length) return { lane, end, more }
  return { lane, end: waiting[taken - 1]?.place ?? from, more: true }
}

/** The lane whose turn it is when there is not enough room for all: each time another. */
function turnOf(places: Places): number {
  return places.reduce((sum, place) => sum + (place ? place.page + place.offset : 0), 0)
}
