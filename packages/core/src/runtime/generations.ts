import type { AnyProjection } from '../definitions/index.ts'
import type { Cancel, Clock, Engine, Generation, GenerationRecord, Logger, Position, Progress } from '../ports/index.ts'
import type { Awaited } from './awaited.ts'
import { Discards } from './discards.ts'
import { fromStore, UnavailableError } from './errors.ts'
import { FrozenGeneration } from './frozen-generation.ts'
import { GenerationRegister, retiredAt } from './generation-register.ts'
import { newestPosition } from './newest-position.ts'
import type { PreviousGeneration, ProjectionStatus, RebuildStatus } from './operations.ts'
import { servingPace } from './pace.ts'
import { ProjectionLetters } from './projection-letters.ts'
import { Projector, type ProjectorObserver } from './projector.ts'
import { ReadModel } from './read-model.ts'
import { iso } from './rebuild.ts'
import { Rebuilds } from './rebuilds.ts'
import { Serving } from './serving.ts'
import type { ConsumerTelemetry } from './telemetry-consumers.ts'
import type { TokenContent } from './token.ts'

export interface GenerationsServices {
  readonly engine: Engine
  readonly clock: Clock
  readonly logger: Logger
  readonly pollInterval: number
  /** For how many milliseconds a generation that served is kept. */
  readonly keepPrevious: number
  /** Whether commands are under way: they come before rebuilds. */
  readonly isBusy: () => boolean
  readonly telemetry: ConsumerTelemetry | undefined
}

/**
 * All generations of one projection, as this process keeps them (G9): the one that serves, the one that may be under
 * construction, and the one that served before.
 */
export class Generations implements Awaited {
  readonly projection: AnyProjection
  readonly letters: ProjectionLetters
  readonly #services: GenerationsServices
  readonly #register: GenerationRegister
  readonly #discards = new Discards()
  /** The newest commit when this process started. */
  #target: Position = ''
  #started: { readonly serving: Serving; readonly rebuilds: Rebuilds; readonly record: GenerationRecord } | undefined
  #isStopped = false

  constructor(projection: AnyProjection, services: GenerationsServices) {
    const { engine, clock, keepPrevious } = services
    this.projection = projection
    this.#services = services
    this.#register = new GenerationRegister(projection, engine.readModels, clock, keepPrevious)
    this.letters = new ProjectionLetters(projection, {
      readModels: engine.readModels,
      projectors: () => this.#projectors(),
    })
  }

  /** Takes up what the store has, and goes on with it. */
  async start(): Promise<void> {
    const { engine, clock, logger, isBusy } = this.#services
    const register = this.#register
    this.#target = await newestPosition(engine.events)
    const [record, all] = await register.withOneServing()
    const serving = new Serving(await this.#serve(record))
    const projectorOf = (each: GenerationRecord, observer: ProjectorObserver) => this.#projectorOf(each, observer)
    const rebuilds = new Rebuilds({ events: engine.events, clock, logger, register, serving, isBusy, projectorOf })
    this.#started = { serving, rebuilds, record }
    await rebuilds.start(all)
  }

  /** Finishes what is in hand; who waits is called back once more. */
  async stop(): Promise<void> {
    this.#isStopped = true
    const { serving, rebuilds } = this.#started ?? {}
    await Promise.all([serving?.projector?.stop(), rebuilds?.stop()])
    serving?.tellWatchers()
  }

  get isStopped(): boolean {
    return this.#isStopped
  }

  /** What documents are read from. */
  get generation(): Generation {
    return this.#opened.serving.generation
  }

  /** Those of the fields that cannot be filtered or sorted on before a rebuild is done. */
  lacking(fields: readonly string[]): string[] {
    const { frozenIndexes } = this.#opened.serving
    return frozenIndexes ? fields.filter((field) => !frozenIndexes.includes(field)) : []
  }

  standing(content: TokenContent): 'reached' | 'pending' | 'parked' {
    return this.#opened.serving.standing(content)
  }

  covers(position: Position): boolean {
    return this.#opened.serving.covers(position)
  }

  watch(onProgress: () => void): Cancel {
    return this.#opened.serving.watch(onProgress)
  }

  wake(): void {
    this.#started?.serving.wake()
    this.#started?.rebuilds.wake()
  }

  /** Whether all up to a position has been folded with this definition, as far as it can be without an operator. */
  hasSettled(position: Position): boolean {
    const { serving, rebuilds } = this.#opened
    if (serving.projector) return serving.covers(position)
    return rebuilds.latest?.state !== 'running'
  }

  /** Why requests cannot be served yet, in words that say nothing of the storage. */
  reasonNotReady(): string | undefined {
    const { serving, rebuilds } = this.#opened
    const { name } = this.projection
    const { projector } = serving
    if (projector ? projector.error : rebuilds.latest?.error) return `projection '${name}' cannot go on; see the log`
    if (projector) return projector.isCurrent ? undefined : `projection '${name}' is catching up`
    const state = rebuilds.latest?.state
    if (state !== 'stopped') return `projection '${name}' is being rebuilt with its new definition: ${state}`
    return `the rebuild of projection '${name}' with its new definition is stopped: go on with 'weir rebuild ${name}'`
  }

  async status(): Promise<ProjectionStatus> {
    const { serving, rebuilds } = this.#opened
    const { projector } = serving
    const { done, total } = await this.#progressOf(serving)
    return {
      name: this.projection.name,
      generation: serving.generation.number,
      current: projector?.isCurrent ?? false,
      frozen: !projector,
      error: projector ? projector.error : rebuilds.latest?.error,
      ...serving.counts(),
      lag: total - done,
      rebuild: await rebuilds.status(),
      previous: this.#previous(),
    }
  }

  /** The one under way, else the last one that this process knows of, else of the generation that serves. */
  async rebuildStatus(): Promise<RebuildStatus> {
    const { rebuilds, serving, record } = this.#opened
    const known = await rebuilds.status()
    if (known) return known
    const { done, total } = await this.#progressOf(serving)
    return {
      projection: this.projection.name,
      generation: serving.generation.number,
      state: 'done',
      done,
      total,
      eventsPerSecond: 0,
      secondsLeft: 0,
      startedAt: iso(record.since),
      endedAt: iso(record.since),
      error: undefined,
      newlyParked: [],
    }
  }

  #progressOf({ cursor }: Serving): Promise<Progress> {
    return fromStore(this.#services.engine.events.progress(cursor))
  }

  get rebuilds(): Rebuilds {
    return this.#opened.rebuilds
  }

  get #opened() {
    if (!this.#started) throw new UnavailableError(`The read model '${this.projection.name}' has not been opened yet`)
    return this.#started
  }

  #projectors(): Projector[] {
    const { serving, rebuilds } = this.#opened
    const { latest } = rebuilds
    return [serving.projector, latest?.isUnderWay ? latest.projector : undefined].filter((each) => each !== undefined)
  }

  #previous(): PreviousGeneration | undefined {
    const { previous } = this.#opened.rebuilds
    return (
      previous && {
        generation: previous.number,
        retiredAt: iso(retiredAt(previous)),
        keptUntil: iso(this.#register.keptUntil(previous)),
        canServe: this.#register.isOurs(previous),
      }
    )
  }

  async #serve(record: GenerationRecord): Promise<Projector | FrozenGeneration> {
    const { engine, clock } = this.#services
    if (!this.#register.isOurs(record)) return FrozenGeneration.load(record, engine, clock)
    const projector = this.#projectorOf(record, {
      progressed: () => this.#started?.rebuilds.servingProgressed(),
      failed: () => {},
    })
    await projector.start()
    return projector
  }

  #projectorOf(record: GenerationRecord, observer: ProjectorObserver): Projector {
    const { engine, clock, logger, pollInterval, telemetry } = this.#services
    const readModel = new ReadModel(this.projection, record, { engine, clock, logger, discards: this.#discards })
    const services = { engine, clock, logger, pollInterval, target: this.#target, telemetry }
    return new Projector(this.projection, readModel, servingPace(clock), services, observer)
  }
}
