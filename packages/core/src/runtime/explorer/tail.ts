import type { Cursor, Engine } from '../../ports/index.ts'
import { fromStore, stopping, UnavailableError } from '../errors.ts'
import { newestPosition } from '../newest-position.ts'
import type { EventTail, TailFilter } from './explorer.ts'
import { matcherOf, tailPage } from './tail-page.ts'
import { type TailPlace, type TailPlaces, tailPlacesOf } from './tail-place.ts'
import { COMMITS_AT_A_TIME, TailReader, type TailReaderServices } from './tail-reader.ts'
import { TailViewer } from './tail-viewer.ts'

export interface TailServices extends Omit<TailReaderServices, 'events'> {
  readonly engine: Pick<Engine, 'events' | 'storeId' | 'epoch'>
}

const MOST_VIEWERS = 200
/** Who has missed more events than about so many is only told how many. */
const MOST_MISSED = 10_000

/**
 * Shows what is recorded to all who watch.
 *
 * 1. One reader follows the feed for all of them, for as long as anybody watches.
 * 2. (G2) Everybody is shown the events of a stream in their order, each once, from where they began or were before: what
 *    the reader passed before somebody came again, they read by themselves.
 * 3. Who comes again waits for the reader to pass all that was recorded before: nobody stands before it.
 */
export class Tail {
  readonly #services: TailServices
  readonly #places: TailPlaces
  readonly #viewers = new Set<TailViewer>()
  #reader: Promise<TailReader> | undefined
  #isStopped = false

  constructor(services: TailServices) {
    this.#services = services
    this.#places = tailPlacesOf(services.engine)
  }

  /** See `Explorer.tail`. */
  async join(filter: TailFilter, place: string | undefined, onItem: () => void): Promise<EventTail> {
    const known = place === undefined ? undefined : this.#places.read(place)
    if (this.#viewers.size >= MOST_VIEWERS) throw new UnavailableError('Too many watch events')
    const reader = await this.#open()
    const viewer = this.#add(reader, filter, onItem)
    if (known === undefined) return viewer
    try {
      await fromStore(this.#bringBack(viewer, reader, known))
      return viewer
    } catch (error) {
      this.#leave(viewer)
      throw error
    }
  }

  stop(): void {
    this.#isStopped = true
    for (const viewer of [...this.#viewers]) {
      viewer.stop()
      this.#leave(viewer)
    }
  }

  /** From when it is there, it is offered all that comes. */
  #add(reader: TailReader, filter: TailFilter, onItem: () => void): TailViewer {
    if (this.#isStopped) {
      reader.close()
      throw stopping()
    }
    const { app, engine } = this.#services
    const viewer = new TailViewer(reader.cursor, {
      places: this.#places,
      matches: matcherOf(filter),
      covers: (cursor, position) => engine.events.covers(cursor, position),
      eventsBetween: (from, to) => fromStore(this.#eventsBetween(from, to)),
      read: async (cursor) => tailPage(app, cursor, await fromStore(engine.events.readFeed(cursor, COMMITS_AT_A_TIME))),
      onItem,
      onEnd: (each) => this.#leave(each),
    })
    this.#viewers.add(viewer)
    return viewer
  }

  /** The one that follows the feed. The last who watched may have left while it was opened. */
  async #open(): Promise<TailReader> {
    for (;;) {
      this.#reader ??= this.#newReader()
      const reader = await this.#reader
      if (!reader.isClosed) return reader
      this.#reader = undefined
    }
  }

  #newReader(): Promise<TailReader> {
    const { engine, ...services } = this.#services
    const opening = TailReader.open(
      (page) => {
        for (const viewer of this.#viewers) viewer.offer(page)
      },
      { ...services, events: engine.events },
    )
    opening.catch(() => {
      this.#reader = undefined
    })
    return fromStore(opening)
  }

  async #bringBack(viewer: TailViewer, reader: TailReader, place: TailPlace): Promise<void> {
    const { events } = this.#services.engine
    await reader.passed(await newestPosition(events))
    viewer.beginAt(reader.cursor)
    const missed = await this.#eventsBetween(place.cursor, reader.cursor)
    if (missed > MOST_MISSED) viewer.comeLate(missed)
    else viewer.comeAgain(place, await newestPosition(events))
  }

  /** About how many events lie between two places. */
  async #eventsBetween(from: Cursor, to: Cursor): Promise<number> {
    const { events } = this.#services.engine
    const [before, after] = await Promise.all([events.progress(from), events.progress(to)])
    return Math.max(0, after.done - before.done)
  }

  #leave(viewer: TailViewer): void {
    if (!this.#viewers.delete(viewer) || this.#viewers.size > 0) return
    void this.#reader?.then((reader) => reader.close())
    this.#reader = undefined
  }
}
