import type { Commit, Cursor, Position } from '../../ports/index.ts'
import { stopping } from '../errors.ts'
import type { EventTail, ExploredEvent, TailItem } from './explorer.ts'
import type { TailPage } from './tail-page.ts'
import { seenName, type TailPlace, type TailPlaces } from './tail-place.ts'

export interface TailViewerServices {
  readonly places: TailPlaces
  readonly matches: (event: ExploredEvent) => boolean
  readonly covers: (cursor: Cursor, position: Position) => boolean
  /** The page of the feed behind a cursor. */
  readonly read: (cursor: Cursor) => Promise<TailPage>
  readonly onItem: () => void
  readonly onEnd: (viewer: TailViewer) => void
}

/** So many events, and characters, may wait for one who watches; a single page may be larger. */
const MOST_EVENTS = 1000
const MOST_TEXT = 8 * 1024 * 1024

/** A page that waits to be shown. */
interface Waiting {
  readonly page: TailPage
  /** Where it stands when all of it has been shown. */
  to: Cursor
  readonly events: number
  readonly text: number
}

/** A page that is being shown. */
interface Showing {
  readonly to: Cursor
  readonly events: ExploredEvent[]
  /** Commits that will come by again. */
  readonly again: readonly Commit[]
}

/**
 * One who watches.
 *
 * 1. Who comes again reads by itself from where it was, a page when it asks for one, until it has been given all that was
 *    recorded before it came. What is offered meanwhile waits, and what of that it has read by itself is not shown again.
 * 2. What waits is bounded: the oldest pages are left out, and counted.
 */
export class TailViewer implements EventTail {
  readonly #services: TailViewerServices
  /** Where what is offered begins. */
  readonly #offered: Cursor
  #at: { readonly cursor: Cursor; readonly seen: Map<string, number> }
  /** What it has been shown, up to a version of a stream, and will come by again. */
  readonly #shown = new Map<string, number>()
  /** It reads by itself up to here; undefined when it has come there. */
  #target: Position | undefined
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

  /** Goes on from a place: what is behind it and up to `target` it reads by itself. */
  comeAgain({ cursor, seen }: TailPlace, target: Position): void {
    for (const [name, version] of seen) this.#shown.set(name, version)
    this.#at = { cursor, seen: new Map() }
    this.#target = target
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
      if (this.#target !== undefined) await this.#readOn(this.#target)
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

  /** The next event of the page that is shown; behind its last one, the place is behind the page. */
  #nextShown(): ExploredEvent | undefined {
    const showing = this.#showing
    const event = showing?.events.shift()
    if (event) this.#at.seen.set(seenName(event.stream), event.version)
    if (showing && showing.events.length === 0) {
      this.#at = { cursor: showing.to, seen: new Map() }
      for (const commit of showing.again) this.#note(commit)
      this.#showing = undefined
    }
    return event
  }

  async #readOn(target: Position): Promise<void> {
    const { covers, read } = this.#services
    const page = await read(this.#at.cursor)
    const again = page.commits.flatMap(({ commit }) => (covers(this.#offered, commit.position) ? [] : [commit]))
    this.#show(page, page.to, again)
    if (covers(page.to, target)) this.#target = undefined
  }

  #tellSkipped(): TailItem {
    const skipped = this.#skipped
    this.#skipped = 0
    return { skipped }
  }

  #showWaiting(): boolean {
    const waiting = this.#waiting.shift()
    if (!waiting) return false
    this.#events -= waiting.events
    this.#text -= waiting.text
    this.#show(waiting.page, waiting.to)
    return true
  }

  #show({ from, commits }: TailPage, to: Cursor, again: readonly Commit[] = []): void {
    const seen = new Map<string, number>()
    const events: ExploredEvent[] = []
    for (const { commit, events: all } of commits) {
      const shown = this.#shownOf(commit)
      if (shown > 0) seen.set(seenName(commit.stream), shown)
      events.push(...all.filter((event) => event.version > shown && this.#services.matches(event)))
    }
    this.#at = { cursor: from, seen }
    this.#showing = { to, events, again }
  }

  /** Up to which version the commit's stream has been shown; forgotten when all of that has come by. */
  #shownOf(commit: Commit): number {
    if (this.#shown.size === 0) return 0
    const name = seenName(commit.stream)
    const shown = this.#shown.get(name) ?? 0
    if (lastVersion(commit) >= shown) this.#shown.delete(name)
    return shown
  }

  /** It may have been shown more of the stream before it came again. */
  #note(commit: Commit): void {
    const name = seenName(commit.stream)
    this.#shown.set(name, Math.max(lastVersion(commit), this.#shown.get(name) ?? 0))
  }

  #skip(): void {
    const oldest = this.#waiting.shift()
    if (!oldest) return
    this.#events -= oldest.events
    this.#text -= oldest.text
    this.#skipped += oldest.events
  }
}

function lastVersion({ version, count }: Commit): number {
  return version + count - 1
}
