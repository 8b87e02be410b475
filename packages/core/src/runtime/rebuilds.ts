import type { Clock, EventStore, GenerationRecord, Logger } from '../ports/index.ts'
import { fromStore, stopping, UnavailableError } from './errors.ts'
import type { GenerationRegister } from './generation-register.ts'
import { Housekeeping } from './housekeeping.ts'
import { newestPosition } from './newest-position.ts'
import { newlyParked } from './newly-parked.ts'
import { OperationRefused, type RebuildStatus } from './operations.ts'
import { ConsideratePace, servingPace } from './pace.ts'
import type { Projector, ProjectorObserver } from './projector.ts'
import { FencedError } from './read-model.ts'
import { Rebuild } from './rebuild.ts'
import type { Serving } from './serving.ts'
import { Turns } from './turns.ts'

/**
 * Which generation of a projection serves, and how that changes (G9).
 *
 * 1. One may be under construction. When it has caught up it takes over, unless streams are parked in it that are not in
 *    the one that serves, and that nobody has accepted.
 * 2. (G8) At the switch the one that serves stands still until the other has been given all that was recorded by then. That
 *    it serves is stored first, and then told to readers in one step: so nobody is ever led back, also not by a crash.
 * 3. The one that served before is kept for a while: reads that are under way on it come to their end, and one can go back.
 * 4. What changes which generation is what is done one after the other.
 */
export interface RebuildsServices {
  readonly events: EventStore
  readonly clock: Clock
  readonly logger: Logger
  readonly register: GenerationRegister
  readonly serving: Serving
  /** Whether commands are under way: they come before rebuilds. */
  readonly isBusy: () => boolean
  /** What folds a generation; not started yet. */
  readonly projectorOf: (record: GenerationRecord, observer: ProjectorObserver) => Projector
}

export class Rebuilds {
  readonly #services: RebuildsServices
  readonly #turns = new Turns()
  /** The one under way, else the last one that this process knows of. */
  #rebuild: Rebuild | undefined
  readonly #housekeeping: Housekeeping
  #isConsidering = false
  #isStopped = false

  constructor(services: RebuildsServices) {
    this.#services = services
    this.#housekeeping = new Housekeeping({
      ...services,
      turns: this.#turns,
      underWay: () => (this.#rebuild?.isUnderWay ? this.#rebuild.number : undefined),
      servingProgressed: () => this.servingProgressed(),
    })
  }

  /** Goes on with what was under construction; begins what has to be when the generation that serves is frozen. */
  async start(all: readonly GenerationRecord[]): Promise<void> {
    const { register, serving } = this.#services
    const unfinished = register.underConstruction(all)
    const former = register.formerOfOurs(all)
    if (unfinished?.state === 'stopped') this.#warnOfStopped(unfinished)
    if (unfinished) this.#begin(unfinished)
    else if (!serving.projector && former) this.#begin(await register.mark(former, 'building'))
    else if (!serving.projector) this.#begin(await register.build())
    this.#housekeeping.start(all)
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#housekeeping.stop()
    await this.#rebuild?.projector.stop()
    await this.#turns.over()
  }

  wake(): void {
    if (this.#rebuild?.isUnderWay) this.#rebuild.projector.wake()
  }

  /** The one under way, else the last one that this process knows of. */
  get latest(): Rebuild | undefined {
    return this.#rebuild
  }

  /** The generation that served before, while it is kept. */
  get previous(): GenerationRecord | undefined {
    return this.#housekeeping.previous
  }

  async status(): Promise<RebuildStatus | undefined> {
    const rebuild = this.#rebuild
    return rebuild && fromStore(rebuild.status(rebuild.isUnderWay ? this.#newlyParked(rebuild) : []))
  }

  /** Begins a new generation, goes on with one that was stopped, or leaves the one that is under way as it is. */
  rebuild(): Promise<RebuildStatus> {
    return this.#change(async () => {
      if (!this.#rebuild?.isUnderWay) this.#begin(await this.#services.register.build())
    })
  }

  stopRebuild(): Promise<RebuildStatus> {
    return this.#change(async () => {
      const rebuild = this.#underWay()
      await this.#services.register.mark(rebuild.record, 'stopped')
      await this.#halt(rebuild)
    })
  }

  cancelRebuild(): Promise<RebuildStatus> {
    return this.#change(async () => {
      const { register, serving } = this.#services
      if (!serving.projector) {
        throw refused('the definition has changed, and needs the generation that is being built; it can be stopped')
      }
      const rebuild = this.#rebuild?.state === 'stopped' ? this.#rebuild : this.#underWay()
      await register.mark(rebuild.record, rebuild.isRollBack ? 'retired' : 'stopped')
      await this.#halt(rebuild)
      if (!rebuild.isRollBack) this.#housekeeping.drop(rebuild.record)
      rebuild.end('cancelled')
      await this.#housekeeping.tidy()
    })
  }

  acceptParked(streams: readonly string[]): Promise<RebuildStatus> {
    return this.#change(async () => {
      const rebuild = this.#underWay()
      const parked = this.#newlyParked(rebuild)
      const unknown = streams.find((stream) => !parked.includes(stream))
      if (unknown !== undefined) throw refused(`'${unknown}' is not among the streams that are newly parked`)
      for (const stream of streams) rebuild.accepted.add(stream)
      if (rebuild.state === 'blocked') await this.#switch(rebuild)
    })
  }

  rollBack(): Promise<RebuildStatus> {
    return this.#change(async () => {
      const { register } = this.#services
      const { previous } = this
      if (this.#rebuild?.isUnderWay || this.#rebuild?.state === 'stopped') {
        throw refused('a rebuild is not finished: cancel it first')
      }
      if (!previous) throw refused('there is no earlier generation to go back to')
      if (!register.isOurs(previous)) {
        throw refused(
          `generation ${previous.number} was made by another version of the definition: deploy that version, which will find it`,
        )
      }
      this.#begin(await register.mark(previous, 'building'))
    })
  }

  async #change(change: () => Promise<void>): Promise<RebuildStatus> {
    if (this.#isStopped) throw stopping()
    await this.#turns.take(() => fromStoreUnlessRefused(change()))
    return (await this.status()) as RebuildStatus
  }

  #underWay(): Rebuild {
    if (!this.#rebuild?.isUnderWay) throw refused('no rebuild is under way')
    return this.#rebuild
  }

  #begin(record: GenerationRecord): void {
    const { clock, events, isBusy, projectorOf } = this.#services
    const known = this.#rebuild
    const startedAt = known?.number === record.number ? known.startedAt : record.since
    const observer: ProjectorObserver = {
      progressed: ({ commits, more }) => {
        if (!rebuild.isUnderWay) return this.servingProgressed()
        rebuild.folded(commits.reduce((sum, { count }) => sum + count, 0))
        if (!more || rebuild.state === 'blocked') this.#consider(rebuild)
      },
      failed: (error) => this.#failed(rebuild, error),
    }
    const projector = projectorOf(record, observer)
    const rebuild = new Rebuild({ record, startedAt }, projector, { events, now: () => clock.now() })
    this.#rebuild = rebuild
    projector.pace = new ConsideratePace(clock, isBusy)
    if (rebuild.isUnderWay) projector.begin()
  }

  async #halt(rebuild: Rebuild): Promise<void> {
    rebuild.turnTo('stopped')
    await rebuild.projector.stop()
    this.#services.serving.tellWatchers()
  }

  /** Another process has taken it over: that one will finish it, unless nothing else can serve here. */
  #failed(rebuild: Rebuild, error: unknown): void {
    if (!(error instanceof FencedError) || !rebuild.isUnderWay || !this.#services.serving.projector) return
    rebuild.end('failed', 'another process has taken it over')
    void rebuild.projector.stop()
  }

  /** What the generation that serves has just folded may be what the other one was blocked by. */
  servingProgressed(): void {
    if (this.#rebuild?.state === 'blocked') this.#consider(this.#rebuild)
  }

  #consider(rebuild: Rebuild): void {
    if (this.#isConsidering || !rebuild.isUnderWay) return
    this.#isConsidering = true
    const done = () => {
      this.#isConsidering = false
    }
    const failed = (error: unknown) => this.#couldNotSwitch(rebuild, error)
    void this.#turns.take(() => this.#switch(rebuild).catch(failed)).then(done)
  }

  /** Lets a generation that has caught up take over, if it may. */
  async #switch(rebuild: Rebuild): Promise<void> {
    if (this.#isStopped || !rebuild.isUnderWay || this.#isBlocked(rebuild)) return
    const { clock, events, isBusy, serving } = this.#services
    const { projector } = rebuild
    const before = serving.projector
    projector.pace = servingPace(clock)
    const hasSwitched = await serving.hold(async () => {
      const end = await newestPosition(events)
      if (!(await projector.reach(end)) || this.#isBlocked(rebuild)) return false
      await projector.between((readModel) => readModel.serve())
      serving.replace(projector)
      return true
    })
    if (!hasSwitched) {
      projector.pace = new ConsideratePace(clock, isBusy)
      return
    }
    rebuild.end('done')
    await before?.stop()
    await this.#housekeeping.tidy()
  }

  #isBlocked(rebuild: Rebuild): boolean {
    const parked = this.#newlyParked(rebuild).filter((stream) => !rebuild.accepted.has(stream))
    if (parked.length > 0 && rebuild.state !== 'blocked') this.#logBlocked(rebuild, parked)
    const state = parked.length > 0 ? 'blocked' : 'running'
    if (state !== rebuild.state) this.#services.serving.tellWatchers()
    rebuild.turnTo(state)
    return state === 'blocked'
  }

  #newlyParked(rebuild: Rebuild): string[] {
    return newlyParked(rebuild.projector.failed(), this.#services.serving.failed())
  }

  #couldNotSwitch(rebuild: Rebuild, err: unknown): void {
    const { model: projection, number: generation } = rebuild.record
    this.#services.logger.error(
      { err, projection, generation },
      'a rebuilt generation could not take over and will try again',
    )
    if (err instanceof UnavailableError) this.#failed(rebuild, err.cause)
  }

  #warnOfStopped({ model: projection, number: generation }: GenerationRecord): void {
    const words = `a rebuild was stopped, and stays so over starts: go on with 'weir rebuild ${projection}'`
    this.#services.logger.warn({ projection, generation }, words)
  }

  #logBlocked({ record }: Rebuild, streams: readonly string[]): void {
    this.#services.logger.error(
      { projection: record.model, generation: record.number, streams },
      'a rebuild is blocked: streams are parked that are not in the generation that serves. Mend and retry them, or accept them',
    )
  }
}

function refused(why: string): OperationRefused {
  return new OperationRefused('not-possible', `That cannot be done now: ${why}.`)
}

/** What operators are refused stays what it is; whatever the store fails with, they are told that it cannot be known now. */
async function fromStoreUnlessRefused<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof OperationRefused) throw error
    return fromStore(Promise.reject(error))
  }
}
