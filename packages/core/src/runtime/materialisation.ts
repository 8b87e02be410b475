import {
  type Cancel,
  type Cursor,
  type Generation,
  type GenerationRecord,
  type Position,
  type Progress,
  partitionOf,
} from '../ports/index.ts'
import { type Haste, progressOf } from './awaited.ts'
import { stopping, unavailable } from './errors.ts'
import { Follower } from './follower.ts'
import { ForeignCommits } from './foreign-commits.ts'
import { HeldPartitions, type HeldPartitionsServices } from './held-partitions.ts'
import type { Pace } from './pace.ts'
import { Planner } from './planner.ts'
import type { Projector, ProjectorObserver } from './projector.ts'
import type { ReadModel } from './read-model.ts'
import type { TokenContent } from './token.ts'
import type { FailedEvent } from './waiting.ts'
import type { OnChange } from './watchers.ts'

export interface MaterialisationServices extends HeldPartitionsServices {
  /** All generations of the model have been looked at. */
  readonly onLook: (all: readonly GenerationRecord[]) => void
}

/** How long it waits for other processes to come further, in milliseconds. */
const PATIENCE = 250

/**
 * One generation of a read model, as this process knows it: some of its partitions it folds, the others it follows as they
 * stand in the store.
 *
 * 1. (G8) What a token stands for is looked up in the partitions of its streams. Of a generation that another definition
 *    made it is not known which streams that takes events from: so each counts.
 * 2. Only what the definition of this process has made is folded here.
 */
export class Materialisation {
  readonly record: GenerationRecord
  readonly generation: Generation
  /** Whether this process has the definition that made it. */
  readonly isOurs: boolean
  readonly #services: MaterialisationServices
  readonly #held: HeldPartitions
  readonly #follower: Follower
  readonly #planner: Planner
  readonly #foreign: ForeignCommits
  /** Who waits for progress, with what ends that. */
  readonly #watchers = new Map<OnChange, { readonly haste: Haste; readonly cancel: Cancel }>()
  #isFolding = false
  #isStopped = false

  /**
   * Nothing is folded yet.
   *
   * @param isOurs whether this process has the definition that made it
   */
  constructor(
    record: GenerationRecord,
    isOurs: boolean,
    services: MaterialisationServices,
    observer: ProjectorObserver,
  ) {
    this.record = record
    this.generation = { model: record.model, number: record.number }
    this.isOurs = isOurs
    this.#follower = new Follower(record, services)
    this.#services = services
    this.#planner = new Planner(services.projection, services.engine.events)
    this.#foreign = new ForeignCommits(services.engine.events, (stream) => this.#planner.isFedBy(stream))
    const isMine = (partition: number) => this.#isFolding && !this.isStopped && services.isMine(partition)
    this.#held = new HeldPartitions(record, { ...services, isMine }, observer)
  }

  /** Takes the leases of its partitions, or rejects; then follows the feed. */
  async start(): Promise<void> {
    this.#isFolding = this.isOurs
    this.#held.assign()
    await Promise.all([this.look(), ...this.#held.all.map((each) => each.start())])
    this.#rewatch()
  }

  /** Follows the feed as soon as it can take the leases. */
  begin(): void {
    this.#isFolding = this.isOurs
    this.assign()
  }

  /** Resolves when partitions that are not up to this process any more have been let go. */
  left(): Promise<void> {
    return this.#held.left()
  }

  /** Which partitions are up to this process may have changed. */
  assign(): void {
    for (const projector of this.#held.assign()) projector.begin()
    this.#rewatch()
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#follower.stop()
    await this.#held.stop()
    for (const onProgress of [...this.#watchers.keys()]) onProgress()
  }

  get isStopped(): boolean {
    return this.#isStopped
  }

  get number(): number {
    return this.record.number
  }

  /** Whether it has seen all that was recorded when this process started. */
  get isCurrent(): boolean {
    const { target } = this.#services
    return this.#partitions.every((each) => this.#held.find(each)?.isCurrent ?? this.#follower.covers(each, target))
  }

  /** Why it does not go on in this process, if so. */
  get error(): string | undefined {
    return this.#held.all.find(({ error }) => error !== undefined)?.error
  }

  /** How fast it is folded: `newPace` is called for each partition. */
  setPace(newPace: () => Pace): void {
    this.#held.setPace(newPace)
  }

  /** Whether it is compared with another one: then it is stored how far each partition has come, whatever that holds. */
  set isBuilt(isBuilt: boolean) {
    this.#held.savesPlace = isBuilt
  }

  counts(): { readonly parked: number; readonly deferred: number } {
    const followed = this.#follower.waiting.counts(this.#services.clock.now(), (stream) => this.#isFollowed(stream))
    return this.#held.all.reduce((sum, each) => {
      const { parked, deferred } = each.counts()
      return { parked: sum.parked + parked, deferred: sum.deferred + deferred }
    }, followed)
  }

  /** What only an operator can help (G10). */
  failed(): FailedEvent[] {
    const followed = this.#follower.failed().filter(({ stream }) => this.#isFollowed(stream))
    return this.#held.all.flatMap((each) => each.failed()).concat(followed)
  }

  /** How what a token stands for stands here (G8). */
  standing({ streams, position }: TokenContent): 'reached' | 'pending' | 'parked' {
    const known = this.isOurs ? streams.filter(({ stream }) => this.#planner.isFedBy(stream)) : streams
    const standings = [...Map.groupBy(known, ({ stream }) => this.partitionOf(stream))].map(([partition, own]) => {
      const content = { streams: own, position }
      return this.#held.find(partition)?.standing(content) ?? this.#follower.standing(partition, content)
    })
    if (standings.includes('parked')) return 'parked'
    return standings.includes('pending') ? 'pending' : 'reached'
  }

  covers(position: Position): boolean {
    return this.#partitions.every((each) => {
      return this.#held.find(each)?.covers(position) ?? this.#follower.covers(each, position)
    })
  }

  /** About how many events it has been given, and how many there are. */
  async progress(): Promise<Progress> {
    await this.lookAhead()
    return this.#progressAt(this.#partitions.map((each) => this.#cursorOf(each)))
  }

  /** About how many events it is behind. What it takes nothing of does not count, where others fold it or nobody does. */
  async lag(): Promise<number> {
    const { done, total } = await this.progress()
    if (done >= total || !this.isOurs) return total - done
    const of = this.record.partitions.length
    const passed = this.#partitions.map((partition) => {
      const cursor = this.#cursorOf(partition)
      return this.#held.find(partition) ? cursor : this.#foreign.pass(cursor, { partition, of })
    })
    const ahead = await this.#progressAt(await Promise.all(passed))
    return ahead.total - ahead.done
  }

  /** Calls back after every batch until it is unsubscribed by what it returns, and makes haste for who waits. */
  watch(onProgress: OnChange, haste: Haste = 'waiting'): Cancel {
    this.#watchers.set(onProgress, { haste, cancel: this.#watchAll(onProgress, haste) })
    return () => {
      this.#watchers.get(onProgress)?.cancel()
      this.#watchers.delete(onProgress)
    }
  }

  /** Looks at the feed now, or at what others have made of it. */
  wake(): void {
    for (const projector of this.#held.all) projector.wake()
    if (this.#hasFollowed) this.#follower.wake()
  }

  /** The same where a position is not covered yet: partitions that have come so far are left in peace. */
  wakeFor(position: Position): void {
    for (const projector of this.#held.all) if (!projector.covers(position)) projector.wake()
    if (this.#hasFollowed) this.#follower.wake()
  }

  /** Looks how the partitions stand that others fold. */
  async look(): Promise<void> {
    if (this.#hasFollowed) await this.#follower.look()
  }

  /** The same, and whether anything is left for them to fold: nobody saves that nothing is. */
  async lookAhead(): Promise<void> {
    if (this.#hasFollowed) await this.#follower.lookAhead()
  }

  /** The partitions that it folds take up what the store has of them, if that is not what they left there. */
  compare(record: GenerationRecord): void {
    for (const [partition, stored] of record.partitions.entries()) this.#held.find(partition)?.compare(stored)
  }

  /** Applies what has waited for documents that are there by now. */
  release(): Promise<void> {
    return this.#held.release()
  }

  /**
   * Resolves when it shows all that was recorded up to a position, as far as the documents for it are there: `true`; or when
   * it cannot for now: `false`.
   */
  async shows(position: Position): Promise<boolean> {
    while (!this.covers(position)) {
      const isHeldUp = this.#held.all.some(({ isPaused }) => isPaused)
      if (this.isStopped || isHeldUp || !(await this.#hasProgressed(position))) return false
    }
    await this.release()
    return !this.#hasFollowed || !(await this.#follower.isDue((stream) => this.#isFollowed(stream)))
  }

  /** What this process folds of it stands still while work is done. */
  hold<T>(work: () => Promise<T>): Promise<T> {
    return this.#held.hold(work)
  }

  /**
   * Does work on the partition of a stream, between two batches. One that another process folds is taken from it for a
   * moment.
   *
   * @throws UnavailableError when the storage fails, or this is stopped
   */
  async between<T>(partition: number, work: (readModel: ReadModel) => Promise<T>): Promise<T> {
    if (this.isStopped) throw stopping()
    const projector = this.#held.find(partition)
    if (projector) return projector.between(work)
    try {
      const readModel = this.#held.readModelOf(partition)
      await readModel.open()
      return await work(readModel)
    } catch (error) {
      throw unavailable(error)
    } finally {
      await this.#follower.look().catch(() => {})
    }
  }

  /** A partition to be folded for the time of a call only. */
  lend(partition: number): Projector {
    return this.#held.lend(partition)
  }

  /** Whether this process folds a partition. */
  folds(partition: number): boolean {
    return this.#held.find(partition) !== undefined
  }

  /** Whether others have a share in it, or should have. */
  get isShared(): boolean {
    return this.#hasFollowed
  }

  /** The partition of a stream. */
  partitionOf(stream: string): number {
    return partitionOf(stream, this.record.partitions.length)
  }

  get #partitions(): number[] {
    return [...this.record.partitions.keys()]
  }

  get #hasFollowed(): boolean {
    return !this.#held.isWhole
  }

  #isFollowed(stream: string): boolean {
    return !this.folds(this.partitionOf(stream))
  }

  async #hasProgressed(position: Position): Promise<boolean> {
    const progress = progressOf({ watch: (told) => this.watch(told), wake: () => this.wakeFor(position) })
    if (!this.#hasFollowed) return progress.then(() => true)
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const cancel = this.#services.clock.after(PATIENCE, () => resolve(false))
    void progress.then(() => resolve(true))
    return promise.finally(cancel)
  }

  #cursorOf(partition: number): Cursor | undefined {
    const known = this.#held.find(partition)?.cursor ?? this.#follower.cursor(partition)
    return known ?? this.record.partitions[partition]?.cursor
  }

  async #progressAt(cursors: readonly (Cursor | undefined)[]): Promise<Progress> {
    const { events } = this.#services.engine
    const all = await Promise.all(cursors.map((cursor) => events.progress(cursor)))
    const sum = (count: (progress: Progress) => number) => all.reduce((total, each) => total + count(each), 0)
    return { done: Math.floor(sum(({ done }) => done) / all.length), total: Math.max(...all.map(({ total }) => total)) }
  }

  #rewatch(): void {
    for (const [onProgress, { haste, cancel }] of [...this.#watchers]) {
      cancel()
      this.#watchers.set(onProgress, { haste, cancel: this.#watchAll(onProgress, haste) })
      onProgress()
    }
    this.wake()
  }

  #watchAll(onProgress: OnChange, haste: Haste): Cancel {
    const sources = [...this.#held.all, ...(this.#hasFollowed ? [this.#follower] : [])]
    const unwatch = sources.map((source) => source.watch(onProgress, haste))
    return () => {
      for (const cancel of unwatch) cancel()
    }
  }
}
