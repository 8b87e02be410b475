import type { AnyProjection } from '../definitions/index.ts'
import type { Cancel, Clock, FeedPage, Logger, OpenedPartition, Partition, Position } from '../ports/index.ts'
import type { Haste } from './awaited.ts'
import type { BegunWork } from './begun-work.ts'
import { FencedError, messageOf, stopping, unavailable } from './errors.ts'
import type { Pace } from './pace.ts'
import { OvertakenError, type ReadModel } from './read-model.ts'
import type { ConsumerTelemetry } from './telemetry-consumers.ts'
import type { TokenContent } from './token.ts'
import { Turns } from './turns.ts'
import type { FailedEvent } from './waiting.ts'
import { type OnChange, Watchers } from './watchers.ts'

/**
 * Keeps one partition of a generation of a read model current: reads the feed and folds it, batch by batch.
 *
 * 1. (G3) A commit wakes it; polling is the safety net.
 * 2. It never idles while the feed has more than a batch for it, or while somebody waits for its progress.
 * 3. Otherwise it rests a moment between two batches, so that under load many commits share one save: the fixed cost of
 *    a save is that of folding twenty events.
 * 4. When the storage fails it tries again, with growing pauses, from what was last saved. Nothing wakes it earlier. Who
 *    has been fenced leaves the other one time before it takes the lease back.
 * 5. A batch that another partition has overtaken is folded again at once.
 * 6. Whoever else works on its read model does so between two batches.
 * 7. One that is drained does not follow the feed: between two calls nothing happens, and what fails is told to who called.
 */
export interface ProjectorServices {
  readonly clock: Clock
  readonly logger: Logger
  readonly pollInterval: number
  /** The newest commit when this process started. */
  readonly target: Position
  readonly telemetry: ConsumerTelemetry | undefined
}

/** What of a page of the feed those are told who watch. */
export type ProjectedPage = Pick<FeedPage, 'commits' | 'more'>

/** Who wants to know how a projector gets on. */
export interface ProjectorObserver {
  /** A page has been folded, or what had failed has been tried again. */
  progressed(page: ProjectedPage): void
  failed(error: unknown): void
}

/** How far a read model that nobody waits for may stay behind under load, in milliseconds. */
const REST = 5
const FIRST_PAUSE = 50
const LONGEST_PAUSE = 5000
const PAUSE_OF_FENCED = 1000
const MOST_OVERTAKEN = 20

export class Projector {
  readonly projection: AnyProjection
  readonly #services: ProjectorServices
  readonly #readModel: ReadModel
  readonly #observer: ProjectorObserver
  #pace: Pace
  #savesPlace = false
  #current = false
  #error: string | undefined
  #failures = 0
  #state: 'idle' | 'running' | 'paused' | 'stopped' = 'idle'
  #wokenMeanwhile = false
  /** A batch failed: what is in memory may differ from what was saved. */
  #mustOpen = false
  #hasRetried = false
  #cancelTimer: Cancel = () => {}
  /** Ends the rest between two batches, if there is one. */
  #endRest: () => void = () => {}
  readonly #watchers = new Watchers()
  readonly #turns = new Turns()
  #running: Promise<void> = Promise.resolve()

  constructor(
    projection: AnyProjection,
    readModel: ReadModel,
    pace: Pace,
    services: ProjectorServices,
    observer: ProjectorObserver,
  ) {
    this.projection = projection
    this.#readModel = readModel
    this.#pace = pace
    this.#services = services
    this.#observer = observer
  }

  /** Takes the lease, or rejects; then follows the feed. */
  async start(): Promise<void> {
    await this.#readModel.open()
    try {
      await this.#retryFailed()
      this.wake()
    } catch (error) {
      this.#pause(error)
    }
  }

  /** Follows the feed as soon as it can take the lease. */
  begin(): void {
    this.#mustOpen = true
    this.wake()
  }

  /** What is called for next begins with taking the lease, unless the store has what was left there. */
  takeUp(stored: OpenedPartition): void {
    this.#mustOpen ||= !this.#readModel.isAsStored(stored)
  }

  /**
   * Folds up to the end of the feed, or until it is over. What is parked is not tried again.
   *
   * @param begun notes what is begun: then one thing is done at a time
   * @throws FencedError when another process has taken over, and what the store fails with
   */
  async drain(isOver: () => boolean, begun?: BegunWork): Promise<'caught-up' | 'more'> {
    this.#hasRetried = true
    try {
      for (let more = true; more; ) {
        if (isOver()) return 'more'
        more = await this.#turns.take(() => this.#turn(begun))
        await this.#pace.pause()
      }
      return 'caught-up'
    } catch (error) {
      this.#mustOpen = true
      throw error
    }
  }

  /** Looks at the feed now. */
  wake(): void {
    if (this.#state === 'running') this.#wokenMeanwhile = true
    if (this.#state === 'idle') this.#run()
  }

  /** Finishes the batch in hand and follows the feed no more; who watches is called back once more. */
  async stop(): Promise<void> {
    this.#state = 'stopped'
    this.#cancelTimer()
    this.#endRest()
    await this.#running
    this.#watchers.tell()
    await this.#turns.over()
  }

  get isStopped(): boolean {
    return this.#state === 'stopped'
  }

  /** Whether the store has failed, or another process has taken over: it tries again later. */
  get isPaused(): boolean {
    return this.#state === 'paused'
  }

  get partition(): Partition {
    return this.#readModel.partition
  }

  get cursor(): string | undefined {
    return this.#readModel.cursor
  }

  /** Whether it has seen all that was recorded when this process started. */
  get isCurrent(): boolean {
    return this.#current
  }

  /** Why it does not go on, if so. */
  get error(): string | undefined {
    return this.#error
  }

  set pace(pace: Pace) {
    this.#pace = pace
  }

  /** Whether events wait for documents. */
  get isAwaiting(): boolean {
    return this.#readModel.isAwaiting
  }

  /** Whether its place is also saved when nothing was given up to there: who compares generations has to know it. */
  set savesPlace(saves: boolean) {
    this.#savesPlace = saves
  }

  counts(): { readonly parked: number; readonly deferred: number } {
    return this.#readModel.counts()
  }

  /** What only an operator can help (G10). */
  failed(): FailedEvent[] {
    return this.#readModel.failed()
  }

  /** How what a token stands for stands here (G8). */
  standing(content: TokenContent): 'reached' | 'pending' | 'parked' {
    return this.#readModel.standing(content)
  }

  covers(position: Position): boolean {
    return this.#readModel.covers(position)
  }

  /** Calls back after every batch until it is unsubscribed by what it returns, and makes haste for who waits. */
  watch(onProgress: OnChange, haste: Haste = 'waiting'): Cancel {
    const cancel = this.#watchers.add(onProgress, haste)
    if (haste === 'waiting') this.#endRest()
    return cancel
  }

  /**
   * Does work on the read model between two batches.
   *
   * @throws UnavailableError when the storage fails, or the projector has been stopped
   */
  async between<T>(work: (readModel: ReadModel) => Promise<T>): Promise<T> {
    try {
      return await this.#inTurn(work)
    } finally {
      this.#tell({ commits: [], more: true })
    }
  }

  /**
   * Applies what has waited for documents that are there by now. Answers whether there was such.
   *
   * @throws UnavailableError when the storage fails, or the projector has been stopped
   */
  async release(): Promise<boolean> {
    let hasApplied = false
    for (let more = true; more; ) {
      const released = await this.#inTurn((readModel) => readModel.releaseAwaited())
      hasApplied ||= released.hasApplied
      more = released.hasMore
    }
    // Nobody is to look again for nothing: who looks may be who asked.
    if (hasApplied) this.#tell({ commits: [], more: true })
    return hasApplied
  }

  /** Opens again when the store has not what was saved: another process was at it, or it has crashed and lost the last of it. */
  compare(stored: OpenedPartition): void {
    if (this.#state !== 'idle' || this.#readModel.isAsStored(stored)) return
    this.#mustOpen = true
    this.wake()
  }

  /** Folds nothing while other work is done. */
  hold<T>(work: () => Promise<T>): Promise<T> {
    return this.#turns.take(work)
  }

  #inTurn<T>(work: (readModel: ReadModel) => Promise<T>): Promise<T> {
    return this.#turns.take(async () => {
      if (this.isStopped) throw stopping()
      try {
        return await this.#untilDone(() => work(this.#readModel))
      } catch (error) {
        this.#mustOpen = true
        throw unavailable(error)
      }
    })
  }

  #run(): void {
    this.#state = 'running'
    this.#cancelTimer()
    this.#running = this.#pace.pause().then(() => this.#follow())
  }

  async #follow(): Promise<void> {
    try {
      for (let more = true; more && !this.isStopped; ) {
        this.#wokenMeanwhile = false
        const waiting = await this.#turns.take(() => this.#turn())
        this.#recovered()
        await this.#pace.pause()
        if (!waiting && this.#wokenMeanwhile) await this.#rest()
        more = waiting || this.#wokenMeanwhile
      }
    } catch (error) {
      return this.#pause(error)
    }
    if (this.isStopped) return
    this.#state = 'idle'
    this.#cancelTimer = this.#services.clock.after(this.#services.pollInterval, () => this.wake())
  }

  #recovered(): void {
    const { model: projection, number: generation, partition } = this.partition
    if (this.#failures > 0)
      this.#services.logger.info({ projection, generation, partition }, 'a part of a projection goes on')
    this.#failures = 0
    this.#error = undefined
  }

  /** Returns whether more is waiting. */
  async #turn(begun?: BegunWork): Promise<boolean> {
    if (this.isStopped) return false
    return this.#untilDone(async () => {
      await this.#retryFailed()
      await this.#readModel.releaseAwaited(begun)
      return this.#step(begun)
    })
  }

  async #untilDone<T>(work: () => Promise<T>): Promise<T> {
    for (let overtaken = 0; ; overtaken += 1) {
      await this.#openAgain()
      try {
        return await work()
      } catch (error) {
        if (!(error instanceof OvertakenError) || overtaken === MOST_OVERTAKEN) throw error
        this.#mustOpen = true
      }
    }
  }

  async #openAgain(): Promise<void> {
    if (this.#mustOpen) await this.#readModel.open()
    this.#mustOpen = false
  }

  /** Once in the life of a process: a definition may have been mended since its handlers failed. */
  async #retryFailed(): Promise<void> {
    if (this.#hasRetried) return
    await this.#readModel.retryFailed()
    this.#hasRetried = true
  }

  #rest(): Promise<void> {
    if (this.isStopped || this.#watchers.haste === 'waiting') return Promise.resolve()
    return new Promise((resolve) => {
      const cancel = this.#services.clock.after(REST, resolve)
      this.#endRest = () => {
        cancel()
        resolve()
      }
    })
  }

  /** Folds one page of the feed. Returns whether more is waiting. */
  async #step(begun?: BegunWork): Promise<boolean> {
    const { clock } = this.#services
    const { cursor } = this.#readModel
    const began = clock.now()
    const page = await this.#readModel.read(begun ? 1 : this.#pace.limit)
    if (page.commits.length === 0 && !this.#savesPlace) this.#readModel.pass(page.cursor)
    else if (page.cursor !== cursor) await this.#fold(page, begun)
    this.#pace.took(clock.now() - began)
    this.#current ||= this.covers(this.#services.target)
    this.#tell(page)
    return page.more
  }

  #fold({ commits, cursor }: FeedPage, begun?: BegunWork): Promise<number> {
    const { telemetry } = this.#services
    const fold = () => this.#readModel.fold(commits, cursor, begun)
    return telemetry ? telemetry.fold(this.projection, this.partition.number, commits, fold) : fold()
  }

  #tell(page: ProjectedPage): void {
    this.#watchers.tell(this.#readModel.takeChanged())
    this.#observer.progressed(page)
  }

  #pause(error: unknown): void {
    const { clock, logger } = this.#services
    this.#error = messageOf(error)
    const { model: projection, number: generation, partition } = this.partition
    const isFenced = error instanceof FencedError
    const place = { projection, generation, partition }
    if (isFenced) logger.info(place, 'another process has taken over a part of a projection')
    // What goes on for long is told once, not with each attempt.
    else if (this.#failures === 0)
      logger.error({ err: error, ...place }, 'a part of a projection cannot go on: it is tried again until it can')
    if (this.isStopped) return
    this.#state = 'paused'
    this.#mustOpen = true
    const pause = isFenced ? PAUSE_OF_FENCED : Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** this.#failures++)
    this.#cancelTimer = clock.after(pause, () => this.#run())
    this.#watchers.tell()
    this.#observer.failed(error)
  }
}
