import type { Clock, EventStore, GenerationRecord, Logger } from '../ports/index.ts'
import { FencedError, fromStore, stopping } from './errors.ts'
import type { GenerationRegister } from './generation-register.ts'
import { Housekeeping } from './housekeeping.ts'
import type { Materialisation } from './materialisation.ts'
import { OperationRefused, type RebuildStatus } from './operations.ts'
import { ConsideratePace } from './pace.ts'
import type { ProjectorObserver } from './projector.ts'
import { Rebuild } from './rebuild.ts'
import type { Serving } from './serving.ts'
import { SwitchOver } from './switch-over.ts'
import { Turns } from './turns.ts'

/**
 * Which generation of a projection serves, and how that changes (G9).
 *
 * 1. One may be under construction. When it has caught up it takes over, unless streams are parked in it that are not in
 *    the one that serves, and that nobody has accepted.
 * 2. The one that served before is kept for a while: reads that are under way on it come to their end, and one can go back.
 * 3. What changes which generation is what is done one after the other.
 * 4. What operators want is written into the store: other processes find it when they look, and do as this one does.
 * 5. A process that rests looks before it does or tells anything, and never by itself.
 */
export interface RebuildsServices {
  readonly events: EventStore
  readonly clock: Clock
  readonly logger: Logger
  readonly register: GenerationRegister
  readonly serving: Serving
  /** Whether commands are under way: they come before rebuilds. */
  readonly isBusy: () => boolean
  /** Whether it is up to this process to change which generation serves, and to drop what is left over. */
  readonly isLeader: () => boolean
  /** Whether other processes may have a share in the work. */
  readonly isDivided: boolean
  /** Whether nothing is done here but when it is called for. */
  readonly rests: boolean
  /** Tells who rebuilds on demand that operators want it. */
  readonly onWanted: () => void | Promise<void>
  /** Whether processes are there that have the definition which made a generation. */
  readonly isKnown: (record: GenerationRecord) => boolean
  /** Nothing of it is folded yet. */
  readonly materialise: (record: GenerationRecord, observer: ProjectorObserver) => Materialisation
}

export class Rebuilds {
  readonly #services: RebuildsServices
  readonly #turns = new Turns()
  /** The one under way, else the last one that this process knows of. */
  #rebuild: Rebuild | undefined
  readonly #housekeeping: Housekeeping
  readonly #switchOver: SwitchOver
  #isLooking = false
  #isStopped = false

  constructor(services: RebuildsServices) {
    this.#services = services
    const turns = this.#turns
    this.#housekeeping = new Housekeeping({
      ...services,
      turns,
      underWay: () => (this.#rebuild?.isUnderWay ? this.#rebuild.number : undefined),
      keepUp: (all) => this.#keepUp(all),
    })
    this.#switchOver = new SwitchOver({
      ...services,
      turns,
      onSwitched: () => this.#housekeeping.tidy(),
      onFailed: (rebuild, error) => this.#failed(rebuild, error),
    })
  }

  /** Goes on with what was under construction; begins what has to be when the generation that serves is not ours. */
  async start(all: readonly GenerationRecord[]): Promise<void> {
    const wanted = await this.#services.register.wanted(all)
    if (wanted?.state === 'stopped') this.#warnOfStopped(wanted)
    if (wanted) this.#begin(wanted)
    this.#housekeeping.start(all)
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#switchOver.stop()
    this.#housekeeping.stop()
    await this.#rebuild?.materialisation.stop()
    await this.#turns.over()
  }

  wake(): void {
    if (this.#rebuild?.isUnderWay) this.#rebuild.materialisation.wake()
  }

  /** What falls to this process may have changed, and what others have done. */
  divided(): void {
    if (this.#rebuild?.isUnderWay) this.#rebuild.materialisation.assign()
    this.#lookSoon()
  }

  /** All generations have been looked at: what another process lets serve is followed at once. */
  looked(all: readonly GenerationRecord[]): void {
    if (this.#servingElsewhere(all)) this.#lookSoon()
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
    if (!rebuild) return undefined
    if (this.#services.rests) await fromStore(this.#services.serving.current.look())
    const newlyParked = () => (rebuild.isUnderWay ? this.#switchOver.newlyParked(rebuild) : [])
    const status = await fromStore(rebuild.status(newlyParked, this.#services.rests))
    return this.#services.rests && isBlocked(rebuild, status) ? { ...status, state: 'blocked' } : status
  }

  /** Does what other processes have done to the generations. */
  async refresh(): Promise<void> {
    await this.#turns.take(() => fromStore(this.#housekeeping.look()))
  }

  /** Drops generations whose time is over. */
  sweep(): Promise<void> {
    return this.#turns.take(() => fromStore(this.#housekeeping.sweep()))
  }

  /** Lets a generation that is under construction serve, if it may, and tells how it stands then. */
  switchOver(isOver: () => boolean): Promise<Rebuild | undefined> {
    return this.#turns.take(async () => {
      await fromStore(this.#housekeeping.look())
      await fromStore(this.#services.serving.current.look())
      if (this.#rebuild?.isUnderWay) await fromStore(this.#switchOver.switch(this.#rebuild, isOver))
      return this.#rebuild
    })
  }

  /** Begins a new generation, goes on with one that was stopped, or leaves the one that is under way as it is. */
  rebuild(): Promise<RebuildStatus> {
    return this.#want(async () => {
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
      if (!serving.current.isOurs) {
        throw refused('the definition has changed, and needs the generation that is being built; it can be stopped')
      }
      const rebuild = this.#rebuild?.state === 'stopped' ? this.#rebuild : this.#underWay()
      await register.mark(rebuild.record, rebuild.isRollBack ? 'retired' : 'stopped')
      await this.#halt(rebuild)
      if (!rebuild.isRollBack) await this.#housekeeping.drop(rebuild.record)
      rebuild.end('cancelled')
      await this.#housekeeping.tidy()
    })
  }

  acceptParked(streams: readonly string[]): Promise<RebuildStatus> {
    return this.#want(async () => {
      const rebuild = this.#underWay()
      await Promise.all([rebuild.materialisation.look(), this.#services.serving.current.look()])
      const parked = this.#switchOver.newlyParked(rebuild)
      const unknown = streams.find((stream) => !parked.includes(stream))
      if (unknown !== undefined) throw refused(`'${unknown}' is not among the streams that are newly parked`)
      await this.#services.register.accept(rebuild.record, streams)
      for (const stream of streams) rebuild.accepted.add(stream)
      if (rebuild.state === 'blocked' && this.#services.isLeader()) await this.#switchOver.switch(rebuild)
    })
  }

  rollBack(): Promise<RebuildStatus> {
    return this.#want(async () => {
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

  /** What the generation that serves has just folded may be what the other one was blocked by. */
  servingProgressed(): void {
    if (this.#rebuild?.state === 'blocked') this.#switchOver.consider(this.#rebuild)
  }

  async #change(change: () => Promise<void>): Promise<RebuildStatus> {
    if (this.#isStopped) throw stopping()
    if (this.#services.rests) await this.refresh()
    await this.#turns.take(() => fromStore(change()))
    return (await this.status()) as RebuildStatus
  }

  async #want(change: () => Promise<void>): Promise<RebuildStatus> {
    const status = await this.#change(change)
    await fromStore(this.#tellWanted())
    return status
  }

  async #tellWanted(): Promise<void> {
    await this.#services.onWanted()
  }

  #underWay(): Rebuild {
    if (!this.#rebuild?.isUnderWay) throw refused('no rebuild is under way')
    return this.#rebuild
  }

  #begin(record: GenerationRecord): void {
    const { clock, isBusy, materialise } = this.#services
    const known = this.#rebuild
    const startedAt = known?.number === record.number ? known.startedAt : record.since
    let rebuild: Rebuild | undefined
    const materialisation = materialise(record, {
      progressed: ({ commits, more }) => {
        if (!rebuild?.isUnderWay) return this.servingProgressed()
        rebuild.folded(commits.reduce((sum, { count }) => sum + count, 0))
        if (!more || rebuild.state === 'blocked') this.#switchOver.consider(rebuild)
      },
      failed: (error) => rebuild && this.#failed(rebuild, error),
    })
    rebuild = new Rebuild(materialisation, startedAt, () => clock.now())
    this.#rebuild = rebuild
    materialisation.isBuilt = true
    materialisation.setPace(() => new ConsideratePace(clock, isBusy))
    if (rebuild.isUnderWay && !this.#isStopped) materialisation.begin()
  }

  async #halt(rebuild: Rebuild): Promise<void> {
    rebuild.turnTo('stopped')
    await rebuild.materialisation.stop()
    this.#services.serving.tellWatchers()
  }

  /** Where processes do not divide the work: who has taken it over will finish it, unless nothing else can serve here. */
  #failed(rebuild: Rebuild, error: unknown): void {
    const { isDivided, serving } = this.#services
    if (isDivided || !(error instanceof FencedError) || !rebuild.isUnderWay || !serving.current.isOurs) return
    rebuild.end('failed', 'another process has taken it over')
    void rebuild.materialisation.stop()
  }

  #servingElsewhere(all: readonly GenerationRecord[]): GenerationRecord | undefined {
    const { register, serving } = this.#services
    const current = all.find(({ state }) => state === 'serving')
    return current && current.number !== serving.current.number && register.isOurs(current) ? current : undefined
  }

  #lookSoon(): void {
    if (this.#isLooking || this.#isStopped) return
    this.#isLooking = true
    void this.#turns.take(() => {
      this.#isLooking = false
      return this.#housekeeping.tidy()
    })
  }

  /** Does what other processes have done to the generations. */
  async #keepUp(all: readonly GenerationRecord[]): Promise<void> {
    await this.#keepUpWithRebuild(all)
    const elsewhere = this.#servingElsewhere(all)
    if (elsewhere) await this.#follow(elsewhere)
    const { register, serving } = this.#services
    const ours = register.underConstruction(all)
    if (ours && ours.number !== this.#rebuild?.number) this.#begin(ours)
    const kept = [serving.current, ...(this.#rebuild?.isUnderWay ? [this.#rebuild.materialisation] : [])]
    for (const each of kept) {
      const record = all.find(({ number }) => number === each.number)
      if (record) each.compare(record)
    }
  }

  async #keepUpWithRebuild(all: readonly GenerationRecord[]): Promise<void> {
    const rebuild = this.#rebuild
    if (!rebuild?.isUnderWay && rebuild?.state !== 'stopped') return
    const record = all.find(({ number }) => number === rebuild.number)
    if (!record || record.state === 'retired') {
      await this.#halt(rebuild)
      rebuild.end('cancelled')
    } else if (record.state === 'stopped' && rebuild.isUnderWay) await this.#halt(rebuild)
    else if (record.state === 'building' && !rebuild.isUnderWay) this.#begin(record)
    else for (const stream of record.accepted) rebuild.accepted.add(stream)
    if (this.#services.isDivided) this.#switchOver.consider(rebuild)
  }

  async #follow(record: GenerationRecord): Promise<void> {
    const { materialise, serving } = this.#services
    const before = serving.current
    const rebuild = this.#rebuild?.number === record.number && this.#rebuild.isUnderWay ? this.#rebuild : undefined
    const next = rebuild?.materialisation ?? materialise(record, this.#servingObserver())
    if (!rebuild) await next.start()
    if (this.#services.rests) serving.replace(next)
    else if (!(await this.#switchOver.follow(next))) return rebuild ? undefined : next.stop()
    next.isBuilt = false
    rebuild?.end('done')
    await before.stop()
  }

  #servingObserver(): ProjectorObserver {
    return { progressed: () => this.servingProgressed(), failed: () => {} }
  }

  #warnOfStopped({ model: projection, number: generation }: GenerationRecord): void {
    const words = `a rebuild was stopped, and stays so over starts: go on with 'weir rebuild ${projection}'`
    this.#services.logger.warn({ projection, generation }, words)
  }
}

/** A process that rests finds it out as whoever tries to let it serve does. */
function isBlocked({ accepted }: Rebuild, { state, done, total, newlyParked }: RebuildStatus): boolean {
  return state === 'running' && done >= total && newlyParked.some((stream) => !accepted.has(stream))
}

function refused(why: string): OperationRefused {
  return new OperationRefused('not-possible', `That cannot be done now: ${why}.`)
}
