import type { Clock, Commit, FeedPage, Position, WaitingEvent } from '../ports/index.ts'
import type { BegunWork } from './begun-work.ts'
import { Bell } from './policy-bell.ts'
import type { PolicyEvents } from './policy-events.ts'
import type { Insistence } from './policy-insistence.ts'
import type { PolicyStore } from './policy-store.ts'
import { PolicyStream } from './policy-stream.ts'
import type { PolicyWorkers } from './policy-workers.ts'

export interface PolicyFollowerServices {
  readonly store: PolicyStore
  readonly events: PolicyEvents
  readonly workers: PolicyWorkers
  readonly insistence: Insistence
  /** Notes what is begun: then nothing is decoded before. */
  readonly begun: BegunWork | undefined
  readonly clock: Clock
  readonly pollInterval: number
  /** A page has been read. */
  readonly onProgress: () => void
}

const COMMITS_IN_A_PAGE = 500
/** Under load, how long it lets commits gather before it looks again, in milliseconds. */
const REST = 5

/**
 * Follows the feed, and puts streams under way that a policy has to react to.
 *
 * 1. (G3) A commit wakes it; polling is the safety net.
 * 2. It waits for nobody's reaction. Only when more streams are waiting than can be taken on, it reads no further.
 */
export class PolicyFollower {
  readonly #services: PolicyFollowerServices
  readonly #bell: Bell
  readonly #caughtUp = Promise.withResolvers<void>()
  #isClosed = false

  constructor(services: PolicyFollowerServices) {
    this.#services = services
    this.#bell = new Bell(services.clock)
  }

  /** Resolves when the feed has given all that was recorded when it began, or when it is closed. */
  get caughtUp(): Promise<void> {
    return this.#caughtUp.promise
  }

  /** Follows the feed until it is closed. */
  async follow(): Promise<void> {
    const { insistence, pollInterval, store, workers } = this.#services
    let end: Position | undefined
    while (!this.#isClosed) {
      await this.#breathe()
      const page = await insistence.until('feed', () => store.readFeed(COMMITS_IN_A_PAGE))
      if (this.#isClosed) return
      this.#take(page)
      await workers.room()
      // Where there is more than a page, it may never end: then it is known by the newest commit what was there.
      if (page.more) end ??= await insistence.until('feed', () => store.newestPosition())
      if (!page.more || (end !== undefined && store.covers(end))) this.#caughtUp.resolve()
      if (!page.more) await this.#idle(pollInterval)
    }
  }

  /** Looks at the feed now. */
  wake(): void {
    this.#bell.ring()
  }

  close(): void {
    this.#isClosed = true
    this.#caughtUp.resolve()
    this.#bell.ring()
  }

  /** All of it in one turn: the cursor never covers what the streams do not know of. */
  #take({ commits, cursor }: FeedPage): void {
    const { begun, clock, events, onProgress, store, workers } = this.#services
    for (const commit of commits) {
      const known = store.streams.get(commit.stream)
      if (known) known.give(commit, events, !begun && workers.mayKeep(known))
      else if (events.isFedBy(commit.stream)) this.#begin(new PolicyStream(beginningWith(commit, clock.now())), commit)
    }
    if (commits.length === 0) store.pass(cursor)
    else store.advance(cursor)
    onProgress()
  }

  #begin(stream: PolicyStream, commit: Commit): void {
    const { begun, events, store, workers } = this.#services
    stream.give(commit, events, !begun)
    if (!begun && !stream.next) return
    store.streams.add(stream)
    store.changed()
    workers.begin(stream)
  }

  async #idle(pollInterval: number): Promise<void> {
    if (this.#isClosed) return
    if (this.#bell.isRung) await new Promise<void>((resolve) => this.#services.clock.after(REST, resolve))
    await this.#bell.wait(pollInterval)
  }

  /** Lets requests in between two pages. */
  #breathe(): Promise<void> {
    return new Promise((resolve) => this.#services.clock.soon(resolve))
  }
}

function beginningWith({ stream, version }: Commit, since: number): WaitingEvent {
  return { stream, version, document: undefined, since, error: undefined, attempts: 0 }
}
