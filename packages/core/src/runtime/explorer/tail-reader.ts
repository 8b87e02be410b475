import type { App } from '../../definitions/index.ts'
import type { Cancel, Clock, Cursor, EventStore, Logger, Position } from '../../ports/index.ts'
import { Bell } from '../policy-bell.ts'
import { type TailPage, tailPage } from './tail-page.ts'

export interface TailReaderServices {
  readonly app: App
  readonly events: EventStore
  readonly clock: Clock
  readonly logger: Logger
  /** When nothing was heard for so many milliseconds, it looks by itself. */
  readonly pollInterval: number
  /** Lets others have their turn. */
  readonly breathe: () => Promise<void>
}

export const COMMITS_AT_A_TIME = 100
/** The least time between two looks at the feed, in milliseconds: what follows quickly is read together. */
const REST = 50

/** Follows the feed from where it is opened until it is closed, and tells what comes. */
export class TailReader {
  readonly #services: TailReaderServices
  readonly #onPage: (page: TailPage) => void
  readonly #bell: Bell
  readonly #stopHearing: Cancel
  #cursor: Cursor
  #isClosed = false
  #moved = Promise.withResolvers<void>()

  private constructor(cursor: Cursor, onPage: (page: TailPage) => void, services: TailReaderServices) {
    this.#services = services
    this.#onPage = onPage
    this.#cursor = cursor
    this.#bell = new Bell(services.clock)
    this.#stopHearing = services.events.onAppended(() => this.#bell.ring())
  }

  /** @throws what the store fails with */
  static async open(onPage: (page: TailPage) => void, services: TailReaderServices): Promise<TailReader> {
    const reader = new TailReader(await services.events.feedEnd(), onPage, services)
    void reader.#follow()
    return reader
  }

  /** Where the next page begins. */
  get cursor(): Cursor {
    return this.#cursor
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Resolves when it has told of the commit at a position, or is closed. */
  async passed(position: Position): Promise<void> {
    while (!this.#isClosed && !this.#services.events.covers(this.#cursor, position)) {
      this.#bell.ring()
      await this.#moved.promise
    }
  }

  close(): void {
    this.#isClosed = true
    this.#stopHearing()
    this.#bell.ring()
    this.#moved.resolve()
  }

  async #follow(): Promise<void> {
    const { clock, logger, pollInterval } = this.#services
    while (!this.#isClosed) {
      try {
        await this.#readToEnd()
      } catch (error) {
        logger.warn({ err: error }, 'the feed could not be read for those who watch it: it is tried again')
      }
      await new Promise<void>((resolve) => clock.after(REST, resolve))
      if (!this.#isClosed) await this.#bell.wait(pollInterval)
    }
  }

  async #readToEnd(): Promise<void> {
    const { app, events, breathe } = this.#services
    for (let more = true; more && !this.#isClosed; ) {
      const from = this.#cursor
      const page = await events.readFeed(from, COMMITS_AT_A_TIME)
      if (this.#isClosed) return
      this.#cursor = page.cursor
      this.#onPage(tailPage(app, from, page))
      this.#moved.resolve()
      this.#moved = Promise.withResolvers()
      more = page.more
      if (more) await breathe()
    }
  }
}
