import { setTimeout as pause } from 'node:timers/promises'
import type { Pages } from './pages.ts'

/** How often it is looked for what others have placed, in milliseconds. */
const interval = 250

/**
 * Tells those who wait in this process of what becomes part of the feed.
 *
 * 1. What is placed here is told at once.
 * 2. While somebody listens, the ends of the lanes are looked at for what others have placed.
 */
export class Appended {
  readonly #pages: Pages
  readonly #listeners = new Set<() => void>()
  readonly #closing = new AbortController()
  /** The newest page of each lane that was told of. */
  readonly #told: number[]
  #isLooking = false

  constructor(lanes: number, pages: Pages) {
    this.#pages = pages
    this.#told = Array.from({ length: lanes }, () => 0)
  }

  subscribe(listener: () => void): () => void {
    const own = () => listener()
    this.#listeners.add(own)
    if (!this.#isLooking) void this.#look()
    return () => {
      this.#listeners.delete(own)
    }
  }

  /** A page is part of the feed now. */
  placed(lane: number, page: number): void {
    if (page <= (this.#told[lane] ?? 0)) return
    this.#told[lane] = page
    for (const listener of [...this.#listeners]) listener()
  }

  close(): void {
    this.#closing.abort()
  }

  async #look(): Promise<void> {
    this.#isLooking = true
    const { signal } = this.#closing
    while (this.#listeners.size > 0 && !signal.aborted) {
      // What cannot be read now is read the next time; who listens reads the feed, too, and learns why he cannot.
      await this.#lookForNews().catch(() => {})
      await pause(interval, undefined, { ref: false, signal }).catch(() => {})
    }
    this.#isLooking = false
  }

  async #lookForNews(): Promise<void> {
    const news = this.#told.map(async (page, lane) => {
      if (!(await this.#pages.isThere(lane, page + 1))) return
      const end = await this.#pages.end(lane)
      if (!this.#closing.signal.aborted) this.placed(lane, end.page)
    })
    await Promise.all(news)
  }
}
