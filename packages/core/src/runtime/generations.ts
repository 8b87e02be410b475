import type { AnyProjection } from '../definitions/index.ts'
import type { Cancel, Clock, Engine, Generation, GenerationRecord, Logger, Position } from '../ports/index.ts'
import { type Awaited, type Haste, progressOf } from './awaited.ts'
import { Discards } from './discards.ts'
import { type Division, NOT_KEPT } from './division.ts'
import { fromStore, UnavailableError } from './errors.ts'
import { GenerationRegister, retiredAt } from './generation-register.ts'
import { Materialisation, type MaterialisationServices } from './materialisation.ts'
import { newestPosition } from './newest-position.ts'
import type { PreviousGeneration, ProjectionStatus, RebuildStatus } from './operations.ts'
import { ProjectionLetters } from './projection-letters.ts'
import { ProjectionOnCall } from './projection-on-call.ts'
import type { ProjectorObserver } from './projector.ts'
import { iso } from './rebuild.ts'
import { Rebuilds } from './rebuilds.ts'
import { Serving } from './serving.ts'
import { modelSkill, projectionSkill } from './skills.ts'
import { SwitchOnCall } from './switch-on-call.ts'
import type { ConsumerTelemetry } from './telemetry-consumers.ts'
import type { TokenContent } from './token.ts'
import type { OnChange } from './watchers.ts'

export interface GenerationsServices {
  readonly engine: Engine
  readonly clock: Clock
  readonly logger: Logger
  readonly division: Division
  readonly pollInterval: number
  /** For how many milliseconds a generation that served is kept. */
  readonly keepPrevious: number
  /** Whether commands are under way: they come before rebuilds. */
  readonly isBusy: () => boolean
  /** Where consumers run on demand: tells who rebuilds that operators want it. */
  readonly onRebuildWanted: ((projection: string) => void | Promise<void>) | undefined
  readonly telemetry: ConsumerTelemetry | undefined
}

/** How old what is known of other processes may be for readers, in milliseconds. */
const REFRESH_EVERY = 1000

/**
 * All generations of one projection, as this process keeps them (G9): the one that serves, the one that may be under
 * construction, and the one that served before.
 */
export class Generations implements Awaited {
  readonly projection: AnyProjection
  readonly letters: ProjectionLetters
  /** What is done when it is called for. */
  readonly onCall: ProjectionOnCall
  readonly switchOnCall: SwitchOnCall
  readonly #services: GenerationsServices
  readonly #register: GenerationRegister
  readonly #discards = new Discards()
  /** The newest commit when this process started. */
  #target: Position = ''
  #started: { readonly serving: Serving; readonly rebuilds: Rebuilds } | undefined
  /** When it was last looked what other processes have done. */
  #refreshedAt = Number.NEGATIVE_INFINITY
  #refreshing: Promise<void> | undefined
  #isStopped = false

  constructor(projection: AnyProjection, services: GenerationsServices) {
    const { engine, clock, keepPrevious } = services
    this.projection = projection
    this.#services = services
    this.#register = new GenerationRegister(projection, engine, clock, keepPrevious)
    this.letters = new ProjectionLetters(projection, {
      readModels: engine.readModels,
      materialisations: () => this.#ours(),
      refresh: () => this.refresh(),
    })
    this.switchOnCall = new SwitchOnCall({ clock, rebuilds: () => this.rebuilds, refresh: () => this.refresh() })
    this.onCall = new ProjectionOnCall({
      events: engine.events,
      readModels: engine.readModels,
      register: this.#register,
      now: () => clock.now(),
      lend: (record, partition) => this.#materialise(record, unobserved).lend(partition),
    })
  }

  /** Takes up what the store has, and goes on with it. */
  async start(): Promise<void> {
    const { engine, clock, logger, division, isBusy, onRebuildWanted } = this.#services
    const register = this.#register
    this.#target = await newestPosition(engine.events)
    const [record, all] = await register.withOneServing()
    const observer = {
      progressed: () => this.#started?.rebuilds.servingProgressed(),
      failed: () => {},
    }
    const current = this.#materialise(record, observer)
    await started(current)
    const serving = new Serving(current)
    const materialise = (each: GenerationRecord, by: ProjectorObserver) => this.#materialise(each, by)
    const isLeader = () => this.#isMine(0)
    const shared = { events: engine.events, clock, logger, register, serving, isLeader, materialise }
    const isKnown = ({ model, fingerprint }: GenerationRecord) => division.isKnown(modelSkill(model, fingerprint))
    const { isDivided, isOnDemand: rests } = division
    const onWanted = () => onRebuildWanted?.(this.projection.name)
    const rebuilds = new Rebuilds({ ...shared, isBusy, isDivided, rests, isKnown, onWanted })
    this.#started = { serving, rebuilds }
    this.#refreshedAt = clock.now()
    await rebuilds.start(all)
  }

  /** Finishes what is in hand; who waits is called back once more. */
  async stop(): Promise<void> {
    this.#isStopped = true
    const { serving, rebuilds } = this.#started ?? {}
    await Promise.all([serving?.current.stop(), rebuilds?.stop()])
    serving?.tellWatchers()
  }

  get isStopped(): boolean {
    return this.#isStopped
  }

  /** What documents are read from. */
  get generation(): Generation {
    return this.#current.generation
  }

  /** Those of the fields that cannot be filtered or sorted on before a rebuild is done. */
  lacking(fields: readonly string[]): string[] {
    const { isOurs, record } = this.#current
    return isOurs ? [] : fields.filter((field) => !record.indexes.includes(field))
  }

  standing(content: TokenContent): 'reached' | 'pending' | 'parked' {
    return this.#current.standing(content)
  }

  covers(position: Position): boolean {
    return this.#current.covers(position)
  }

  watch(onProgress: OnChange, haste: Haste = 'waiting'): Cancel {
    return this.#opened.serving.watch(onProgress, haste)
  }

  wake(): void {
    this.#started?.serving.current.wake()
    this.#started?.rebuilds.wake()
  }

  look(): Promise<void> {
    return this.#current.look()
  }

  lookAhead(): Promise<void> {
    return this.#current.lookAhead()
  }

  /** Applies what has waited for documents that are there by now. */
  release(): Promise<void> {
    return this.#current.release()
  }

  /** Takes up what other processes have done, and what falls to this one now. */
  divided(): void {
    this.#started?.serving.current.assign()
    this.#started?.rebuilds.divided()
  }

  /** Resolves when something may have changed; makes haste where a position is not covered yet. */
  approach(position: Position): Promise<void> {
    const wake = () => (this.#current.isOurs ? this.#current.wakeFor(position) : this.wake())
    return progressOf({ watch: (told) => this.watch(told), wake })
  }

  /** Whether all up to a position has been folded with this definition, as far as it can be without an operator. */
  hasSettled(position: Position): boolean {
    if (this.#current.isOurs) return this.#current.covers(position)
    return this.rebuilds.latest?.state !== 'running'
  }

  /** Why requests cannot be served yet, in words that say nothing of the storage. */
  reasonNotReady(): string | undefined {
    const { name } = this.projection
    const { latest } = this.rebuilds
    const { isOurs, error, isCurrent } = this.#current
    if (isOurs ? error : latest?.error) return `projection '${name}' cannot go on; see the log`
    if (isOurs && isCurrent) return undefined
    if (!this.#isKept)
      return `no process that works folds projection '${name}': start one, for example with 'weir work'`
    if (isOurs) return `projection '${name}' is catching up`
    const state = latest?.state
    if (state !== 'stopped') return `projection '${name}' is being rebuilt with its new definition: ${state}`
    return `the rebuild of projection '${name}' with its new definition is stopped: go on with 'weir rebuild ${name}'`
  }

  /** Where nobody tells this process what others have done, it looks: for readers once a second at most. */
  async refresh(isRead = false): Promise<void> {
    const { clock, division } = this.#services
    if (!division.isOnDemand || (isRead && clock.now() - this.#refreshedAt < REFRESH_EVERY)) return
    this.#refreshing ??= this.rebuilds.refresh().finally(() => {
      this.#refreshing = undefined
    })
    await this.#refreshing
    this.#refreshedAt = clock.now()
  }

  async status(): Promise<ProjectionStatus> {
    await this.refresh()
    const current = this.#current
    const { isOurs, error } = current
    await fromStore(current.look())
    const lag = await fromStore(current.lag())
    return {
      name: this.projection.name,
      generation: current.number,
      current: isOurs && (current.isCurrent || lag === 0),
      frozen: !isOurs,
      error: this.#isKept ? (isOurs ? error : this.rebuilds.latest?.error) : NOT_KEPT,
      ...current.counts(),
      lag,
      rebuild: await this.rebuilds.status(),
      previous: this.#previous(),
    }
  }

  /** The one under way, else the last one that this process knows of, else of the generation that serves. */
  async rebuildStatus(): Promise<RebuildStatus> {
    await this.refresh()
    const known = await this.rebuilds.status()
    if (known) return known
    const { number, record } = this.#current
    const { done, total } = await fromStore(this.#current.progress())
    return {
      projection: this.projection.name,
      generation: number,
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

  get rebuilds(): Rebuilds {
    return this.#opened.rebuilds
  }

  get #opened() {
    if (!this.#started) throw new UnavailableError(`The read model '${this.projection.name}' has not been opened yet`)
    return this.#started
  }

  get #current(): Materialisation {
    return this.#opened.serving.current
  }

  get #isKept(): boolean {
    return this.#services.division.isKept(projectionSkill(this.projection))
  }

  #isMine(partition: number): boolean {
    return this.#services.division.isMine(projectionSkill(this.projection), partition)
  }

  #ours(): Materialisation[] {
    const { latest } = this.rebuilds
    const built = latest?.isUnderWay ? [latest.materialisation] : []
    return [this.#current, ...built].filter(({ isOurs }) => isOurs)
  }

  #previous(): PreviousGeneration | undefined {
    const { previous } = this.rebuilds
    return (
      previous && {
        generation: previous.number,
        retiredAt: iso(retiredAt(previous)),
        keptUntil: iso(this.#register.keptUntil(previous)),
        canServe: this.#register.isOurs(previous),
      }
    )
  }

  #materialise(record: GenerationRecord, observer: ProjectorObserver): Materialisation {
    const { engine, clock, logger, pollInterval, telemetry } = this.#services
    const services: MaterialisationServices = {
      ...{ engine, clock, logger, pollInterval, telemetry },
      target: this.#target,
      projection: this.projection,
      discards: this.#discards,
      isMine: (partition) => this.#isMine(partition) || this.switchOnCall.isWhole(record.number),
      onLook: (all) => this.#started?.rebuilds.looked(all),
    }
    return new Materialisation(record, this.#register.isOurs(record), services, observer)
  }
}

const unobserved: ProjectorObserver = { progressed: () => {}, failed: () => {} }

/** Takes a generation up; one that cannot be is left as a whole, also by partitions of it that could. */
async function started(materialisation: Materialisation): Promise<void> {
  try {
    await materialisation.start()
  } catch (error) {
    await materialisation.stop()
    throw error
  }
}
