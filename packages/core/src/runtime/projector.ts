import type { AnyProjection } from '../definitions/index.ts'
import type { Cancel, Clock, Engine, Generation, Logger, Position } from '../ports/index.ts'
import { newestPosition } from './newest-position.ts'
import { ReadModel } from './read-model.ts'
import type { TokenContent } from './token.ts'
import type { ProjectionStatus } from './types.ts'

/**
 * Keeps one read model current: reads the feed and folds it, batch by batch.
 *
 * 1. (G3) A commit wakes it; polling is the safety net.
 * 2. It never idles while the feed has more than a batch for it, or while somebody waits for its progress.
 * 3. Otherwise it rests a moment between two batches, so that under load many commits share one save: the fixed cost of
 *    a save is that of folding twenty events.
 * 4. When the storage fails it tries again, with growing pauses, from what was last saved. Nothing wakes it earlier.
 */
export interface ProjectorServices {
  readonly engine: Engine
  readonly clock: Clock
  readonly logger: Logger
  readonly pollInterval: number
}

const COMMITS_IN_A_BATCH = 2000
/** How far a read model that nobody waits for may stay behind under load, in milliseconds. */
const REST = 5
const FIRST_PAUSE = 50
const LONGEST_PAUSE = 5000

export class Projector {
  readonly projection: AnyProjection
  readonly #services: ProjectorServices
  readonly #readModel: ReadModel
  /** The newest commit when this process started. */
  #target: Position | undefined
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
  readonly #watchers = new Set<() => void>()
  #running: Promise<void> = Promise.resolve()

  constructor(projection: AnyProjection, services: ProjectorServices) {
    this.projection = projection
    this.#services = services
    this.#readModel = new ReadModel(projection, services)
  }

  /** Takes the lease and starts to follow the feed. */
  async start(): Promise<void> {
    const { engine } = this.#services
    this.#target = await newestPosition(engine.events)
    await this.#readModel.open()
    try {
      await this.#retryFailed()
      this.wake()
    } catch (error) {
      this.#pause(error)
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
    this.#tellWatchers()
  }

  get isStopped(): boolean {
    return this.#state === 'stopped'
  }

  /** What documents are read from; undefined until the projector has started. */
  get generation(): Generation | undefined {
    return this.#readModel.generation
  }

  /** How what a token stands for stands here (G8). */
  standing(content: TokenContent): 'reached' | 'pending' | 'parked' {
    return this.#readModel.standing(content)
  }

  covers(position: Position): boolean {
    return this.#readModel.covers(position)
  }

  /** Calls back after every batch, and makes haste until it is unsubscribed by what it returns. */
  watch(onProgress: () => void): Cancel {
    this.#watchers.add(onProgress)
    this.#endRest()
    return () => this.#watchers.delete(onProgress)
  }

  status(): ProjectionStatus {
    const { name } = this.projection
    const generation = this.generation?.number ?? 0
    return { name, generation, current: this.#current, error: this.#error, ...this.#readModel.counts() }
  }

  #run(): void {
    this.#state = 'running'
    this.#cancelTimer()
    this.#running = this.#breathe().then(() => this.#follow())
  }

  async #follow(): Promise<void> {
    try {
      for (let more = true; more && !this.isStopped; ) {
        this.#wokenMeanwhile = false
        if (this.#mustOpen) await this.#readModel.open()
        this.#mustOpen = false
        await this.#retryFailed()
        const waiting = await this.#step()
        this.#failures = 0
        this.#error = undefined
        await this.#breathe()
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

  /** Once in the life of a process: a definition may have been mended since its handlers failed. */
  async #retryFailed(): Promise<void> {
    if (this.#hasRetried) return
    await this.#readModel.retryFailed()
    this.#hasRetried = true
  }

  /** Lets requests in between two batches. */
  #breathe(): Promise<void> {
    return new Promise((resolve) => this.#services.clock.soon(resolve))
  }

  #rest(): Promise<void> {
    if (this.#watchers.size > 0 || this.isStopped) return Promise.resolve()
    return new Promise((resolve) => {
      const cancel = this.#services.clock.after(REST, resolve)
      this.#endRest = () => {
        cancel()
        resolve()
      }
    })
  }

  /** Folds one page of the feed. Returns whether more is waiting. */
  async #step(): Promise<boolean> {
    const { cursor } = this.#readModel
    const page = await this.#services.engine.events.readFeed(cursor, COMMITS_IN_A_BATCH)
    if (page.cursor !== cursor) await this.#readModel.fold(page.commits, page.cursor)
    this.#tellWatchers()
    if (!this.#current) await this.#becomeCurrent()
    return page.more
  }

  #tellWatchers(): void {
    for (const onProgress of this.#watchers) onProgress()
  }

  async #becomeCurrent(): Promise<void> {
    if (this.#target === undefined || !this.covers(this.#target)) return
    await this.#services.engine.readModels.dropOthers(this.generation as Generation)
    this.#current = true
  }

  #pause(error: unknown): void {
    const { clock, logger } = this.#services
    this.#error = error instanceof Error ? error.message : String(error)
    logger.error({ err: error, projection: this.projection.name }, 'a projection could not go on and will try again')
    if (this.isStopped) return
    this.#state = 'paused'
    this.#mustOpen = true
    const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** this.#failures++)
    this.#cancelTimer = clock.after(pause, () => this.#run())
  }
}
