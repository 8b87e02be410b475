import type { Commit, Cursor, Position } from '../../ports/index.ts'
import { stopping } from '../errors.ts'
import type { EventTail, ExploredEvent, TailItem } from './explorer.ts'
import type { TailPage } from './tail-page.ts'
import { seenName, type TailPlace, type TailPlaces } from './tail-place.ts'

export interface TailViewerServices {
  readonly places: TailPlaces
  readonly matches: (event: ExploredEvent) => boolean
  readonly covers: (cursor: Cursor, position: Position) => boolean
  /** About how many events lie between two places. */
  readonly eventsBetween: (from: Cursor, to: Cursor) => Promise<number>
  /** The page of the feed behind a cursor. */
  readonly read: (cursor: Cursor) => Promise<TailPage>
  readonly onItem: () => void
  readonly onEnd: (viewer: TailViewer) => void
}

/** So many events, and characters, may wait for one who watches; a single page may be larger. */
const MOST_EVENTS = 1000
const MOST_TEXT = 8 * 1024 * 1024
/** A place names at most so many streams: it comes back as a header, which should stay below 4 kB. */
const MOST_NAMED = 140

/** A page that waits to be shown. */
interface Waiting {
  readonly page: TailPage
  /** Where it stands when all of it has been shown. */
  to: Cursor
  readonly events: number
  readonly text: number
}

/** Where it stands, and what of that behind it it has seen. */
interface Standing {
  readonly cursor: Cursor
  readonly seen: Map<string, number>
}

/** What it reads by itself. */
interface OwnReading {
  readonly cursor: Cursor
  readonly target: Position
  /** Whether some of what it has read was left to the offers. */
  readonly leavesGaps: boolean
}

/** Commits that are being shown. */
interface Showing {
  readonly commits: TailPage['commits']
  /** Where it stands when all of them have been shown; undefined: where it stood before, and has seen them. */
  readonly to: Cursor | undefined
  readonly events: ExploredEvent[]
}

/**
 * One who watches.
 *
 * 1. Who comes again reads by itself from where it was, a page when it asks for one, up to where what is offered begins.
 *    What it reads from behind that it leaves to the offers, so none is both read and offered, and none is lost.
 * 2. What is offered meanwhile waits. What waits is bounded: the oldest pages are left out, and counted.
 * 3. Its place is bounded: when too many streams had to be named, what it would read by itself is left out, and counted.
 */
export class TailViewer implements EventTail {
  readonly #services: TailViewerServices
  /** Where what is offered begins. */
  #offered: Cursor
  #at: Standing
  /** What it had been shown, up to a version of a stream, before it came again, and will come by again. */
  readonly #shown = new Map<string, number>()
  /** It reads by itself until it has come to the target; undefined when it has. */
  #own: OwnReading | undefined
  #showing: Showing | undefined
  #waiting: Waiting[] = []
  #events = 0
  #text = 0
  #skipped = 0
  #isStopped = false

  /** @param offered where what is offered begins */
  constructor(offered: Cursor, services: TailViewerServices) {
    this.#services = services
    this.#offered = offered
    this.#at = { cursor: offered, seen: new Map() }
  }

  get place(): string {
    const { cursor, seen } = this.#at
    return this.#services.places.write({ cursor, seen: new Map([...this.#shown, ...seen]) })
  }

  /** Forgets all that was offered: what counts begins at a cursor. */
  beginAt(cursor: Cursor): void {
    this.#offered = cursor
    this.#at = { cursor, seen: new Map() }
    this.#waiting = []
    this.#events = 0
    this.#text = 0
    this.#skipped = 0
  }

  /** Goes on from a place: what is behind it, and is not offered, it reads by itself; `target` is behind all of that. */
  comeAgain({ cursor, seen }: TailPlace, target: Position): void {
    for (const [name, version] of seen) this.#shown.set(name, version)
    this.#at = { cursor, seen: new Map() }
    this.#own = { cursor, target, leavesGaps: false }
  }

  /** It has missed so many events. */
  comeLate(missed: number): void {
    this.#skipped += missed
  }

  offer(page: TailPage): void {
    const { matches, onItem } = this.#services
    const matching = page.commits.map(({ events }) => events.filter(matches).length)
    const events = matching.reduce((sum, count) => sum + count, 0)
    const text = page.commits.reduce((sum, { commit }, index) => sum + (matching[index] ? commit.payload.length : 0), 0)
    const last = this.#waiting.at(-1)
    if (events === 0 && last) last.to = page.to
    else this.#waiting.push({ page, to: page.to, events, text })
    this.#events += events
    this.#text += text
    while (this.#waiting.length > 1 && (this.#events > MOST_EVENTS || this.#text > MOST_TEXT)) this.#skip()
    if (events > 0) onItem()
  }

  async next(): Promise<TailItem | undefined> {
    for (;;) {
      if (this.#isStopped) throw stopping()
      const event = this.#nextShown()
      if (event) return { event }
      if (this.#own) await this.#readOn(this.#own)
      else if (this.#skipped > 0) return this.#tellSkipped()
      else if (!this.#showWaiting()) return undefined
    }
  }

  end(): void {
    this.#services.onEnd(this)
  }

  stop(): void {
    this.#isStopped = true
    this.#services.onItem()
  }

  /** The next event of those that are shown; behind the last one, the place is behind all of them. */
  #nextShown(): ExploredEvent | undefined {
    const showing = this.#showing
    const event = showing?.events.shift()
    if (event) this.#at.seen.set(seenName(event.stream), event.version)
    if (showing && showing.events.length === 0) {
      if (showing.to === undefined) for (const { commit } of showing.commits) this.#note(commit)
      else this.#at = { cursor: showing.to, seen: new Map() }
      this.#showing = undefined
    }
    return event
  }

  async #readOn({ cursor, target, leavesGaps }: OwnReading): Promise<void> {
    const { covers, read } = this.#services
    const page = await read(cursor)
    const commits = page.commits.filter(({ commit }) => covers(this.#offered, commit.position))
    const hasGaps = leavesGaps || commits.length < page.commits.length
    const isThere = covers(page.to, target)
    this.#own = isThere ? undefined : { cursor: page.to, target, leavesGaps: hasGaps }
    const at = leavesGaps ? this.#at : { cursor: page.from, seen: new Map<string, number>() }
    const seenBefore = at.seen.size
    this.#show(commits, at, isThere ? this.#offered : hasGaps ? undefined : page.to)
    if (this.#shown.size + seenBefore + commits.length > MOST_NAMED) await this.#leaveOut()
  }

  /** Goes on with what is offered. */
  async #leaveOut(): Promise<void> {
    this.#skipped += await this.#services.eventsBetween(this.#at.cursor, this.#offered)
    this.#own = undefined
    this.#showing = undefined
    this.#shown.clear()
    this.#at = { cursor: this.#offered, seen: new Map() }
  }

  /** Who comes again is not shown what it was told to have missed. */
  #tellSkipped(): TailItem {
    const skipped = this.#skipped
    this.#skipped = 0
    const cursor = this.#waiting[0]?.page.from
    if (cursor !== undefined) this.#at = { cursor, seen: new Map() }
    return { skipped }
  }

  #showWaiting(): boolean {
    const waiting = this.#waiting.shift()
    if (!waiting) return false
    this.#events -= waiting.events
    this.#text -= waiting.text
    const { commits, from } = waiting.page
    this.#show(commits, { cursor: from, seen: new Map() }, waiting.to)
    return true
  }

  #show(commits: TailPage['commits'], at: Standing, to: Cursor | undefined): void {
    const events: ExploredEvent[] = []
    for (const { commit, events: all } of commits) {
      const shown = this.#shownOf(commit)
      if (shown > 0) at.seen.set(seenName(commit.stream), shown)
      events.push(...all.filter((event) => event.version > shown && this.#services.matches(event)))
    }
    this.#at = at
    this.#showing = { commits, to, events }
  }

  /** Up to which version the commit's stream has been shown; forgotten when all of that has come by. */
  #shownOf(commit: Commit): number {
    if (this.#shown.size === 0) return 0
    const name = seenName(commit.stream)
    const shown = this.#shown.get(name) ?? 0
    if (lastVersion(commit) >= shown) this.#shown.delete(name)
    return shown
  }

  #note(commit: Commit): void {
    const { seen } = this.#at
    const name = seenName(commit.stream)
    seen.set(name, Math.max(lastVersion(commit), seen.get(name) ?? 0))
  }

  #skip(): void {
    const oldest = this.#waiting.shift()
    if (!oldest) return
    this.#events -= oldest.events
    this.#text -= oldest.text
    this.#skipped += oldest.events
    for (const { commit } of oldest.page.commits) this.#shownOf(commit)
  }
}

function lastVersion({ version, count }: Commit): number {
  return version + count - 1
}
