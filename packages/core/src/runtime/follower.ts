import type { Cancel, Clock, Engine, Generation, GenerationRecord, Logger, Position } from '../ports/index.ts'
import type { Haste } from './awaited.ts'
import type { TokenContent } from './token.ts'
import { type FailedEvent, WaitingEvents } from './waiting.ts'
import { type OnChange, Watchers } from './watchers.ts'

export interface FollowerServices {
  readonly engine: Pick<Engine, 'events' | 'readModels'>
  readonly clock: Clock
  readonly logger: Logger
  /** All generations of the model have been looked at. */
  readonly onLook: (all: readonly GenerationRecord[]) => void
}

/** How often it looks while somebody waits, while readers are shown it live, and after the store has failed, in milliseconds. */
const LOOK_EVERY: Readonly<Record<Haste, number>> = { waiting: 10, live: 100 }
const LOOK_AFTER_FAILURE = 250

/**
 * The partitions of a generation that this process does not fold: as they stand in the store, where others fold them, or
 * nobody does.
 *
 * 1. (G8) First is read how far they have come, then what waits in them: so nothing that waited then is missed. Until the
 *    second is known the first is as it was; before the first look nothing is covered.
 * 2. Where nothing is left for a partition behind its cursor, it stands at the end of the feed, though nobody saves that.
 * 3. While somebody waits it looks again and again, but for half of the time at most. Otherwise it looks when it is asked.
 */
export class Follower {
  readonly #model: string
  readonly #number: number
  readonly #services: FollowerServices
  readonly #watchers = new Watchers()
  /** Partitions that did not cover what they were asked for. */
  readonly #behind = new Set<number>()
  #cursors: readonly (string | undefined)[] = []
  /** Cursors as they are stored. */
  #stored: readonly (string | undefined)[] = []
  #waiting = new WaitingEvents([])
  #hasLooked = false
  #hasFailed = false
  #looking: Promise<void> | undefined
  #isStopped = false
  #cancelTimer: Cancel = () => {}

  constructor({ model, number }: Generation, services: FollowerServices) {
    this.#model = model
    this.#number = number
    this.#services = services
  }

  cursor(partition: number): string | undefined {
    return this.#cursors[partition]
  }

  covers(partition: number, position: Position): boolean {
    if (this.#services.engine.events.covers(this.#cursors[partition], position)) return true
    this.#behind.add(partition)
    return false
  }

  /** How streams of one partition stand together. */
  standing(partition: number, { streams, position }: TokenContent): 'reached' | 'pending' | 'parked' {
    return this.#waiting.standingOfAll(streams, () => this.covers(partition, position), this.#services.clock.now())
  }

  /** What waits in all partitions, also those that this process folds. */
  get waiting(): WaitingEvents {
    return this.#waiting
  }

  failed(): FailedEvent[] {
    return this.#waiting.failed(this.#services.clock.now())
  }

  /** Whether something waits for a document that is there by now; `isMeant` leaves out other streams. */
  async isDue(isMeant: (stream: string) => boolean): Promise<boolean> {
    await this.look()
    const awaited = this.#waiting.awaitedDocuments(isMeant)
    if (awaited.length === 0) return false
    const made = await this.#services.engine.readModels.load({ model: this.#model, number: this.#number }, awaited)
    return made.some(({ body }) => body !== undefined)
  }

  /** Calls back when something has changed, and looks again and again until it is unsubscribed by what it returns. */
  watch(onProgress: OnChange, haste: Haste): Cancel {
    return this.#watchers.add(onProgress, haste, () => {
      if (!this.#watchers.haste) this.#cancelTimer()
    })
  }

  /** Looks now, if somebody waits. */
  wake(): void {
    if (this.#watchers.haste && !this.#isStopped) void this.#lookAndGoOn()
  }

  /** Resolves when it has looked; rejects when the store fails. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  /** The same, and whether anything is left for the partitions behind their cursors. */
  async lookAhead(): Promise<void> {
    await this.#looking?.catch(() => {})
    if (!this.#hasLooked) await this.look()
    for (const partition of this.#stored.keys()) this.#behind.add(partition)
    await this.look()
  }

  stop(): void {
    this.#isStopped = true
    this.#cancelTimer()
  }

  async #lookAndGoOn(): Promise<void> {
    const { clock, logger } = this.#services
    this.#cancelTimer()
    const began = clock.now()
    let pause = LOOK_AFTER_FAILURE
    try {
      await this.look()
      pause = Math.max(LOOK_EVERY[this.#watchers.haste ?? 'live'], clock.now() - began)
      this.#hasFailed = false
    } catch (err) {
      const words = 'it cannot be seen how far a projection has come elsewhere: this is tried again'
      if (!this.#hasFailed) logger.warn({ err, projection: this.#model }, words)
      this.#hasFailed = true
    }
    this.#cancelTimer()
    if (this.#watchers.haste && !this.#isStopped) this.#cancelTimer = clock.after(pause, () => this.wake())
  }

  async #look(): Promise<void> {
    const { engine, onLook } = this.#services
    const all = await engine.readModels.generations(this.#model)
    const record = all.find(({ number }) => number === this.#number)
    const before = this.#cursors
    if (record) await this.#take(record)
    onLook(all)
    if (this.#cursors.some((cursor, partition) => cursor !== before[partition])) this.#watchers.tell()
  }

  async #take(record: GenerationRecord): Promise<void> {
    const { readModels } = this.#services.engine
    const stored = record.partitions.map(({ cursor }) => cursor)
    const moved = stored.map((cursor, partition) => cursor !== this.#stored[partition])
    // What waits changes as a partition moves on, or when something is done about it.
    if (moved.includes(true) || !this.#hasLooked || !this.#waiting.isEmpty)
      this.#waiting = new WaitingEvents(await readModels.loadWaiting(record))
    const cursors = stored.map((cursor, partition) => (moved[partition] ? cursor : this.#cursors[partition]))
    this.#hasLooked = true
    this.#stored = stored
    this.#cursors = await Promise.all(cursors.map((cursor, partition) => this.#atEnd(cursor, partition)))
  }

  async #atEnd(cursor: string | undefined, partition: number): Promise<string | undefined> {
    if (!this.#behind.delete(partition)) return cursor
    const part = { partition, of: this.#stored.length }
    const page = await this.#services.engine.events.readFeed(cursor, 1, part)
    return page.commits.length === 0 && !page.more ? page.cursor : cursor
  }
}
