import type { Clock, EventStore, Logger } from '../ports/index.ts'
import { isFenced, UnavailableError } from './errors.ts'
import type { GenerationRegister } from './generation-register.ts'
import type { Materialisation } from './materialisation.ts'
import { newestPosition } from './newest-position.ts'
import { newlyParked } from './newly-parked.ts'
import { ConsideratePace, servingPace } from './pace.ts'
import type { Rebuild } from './rebuild.ts'
import type { Serving } from './serving.ts'
import type { Turns } from './turns.ts'

export interface SwitchOverServices {
  readonly events: EventStore
  readonly clock: Clock
  readonly logger: Logger
  readonly register: GenerationRegister
  readonly serving: Serving
  readonly turns: Turns
  /** Whether commands are under way: they come before rebuilds. */
  readonly isBusy: () => boolean
  /** Whether it is up to this process to let a generation take over. */
  readonly isLeader: () => boolean
  readonly onSwitched: () => Promise<void>
  readonly onFailed: (rebuild: Rebuild, error: unknown) => void
}

/** When others have not come far enough it is tried again, in milliseconds. */
const RETRY = 50

/**
 * Lets another generation of a projection be read (G9).
 *
 * 1. One process lets a rebuilt generation take over: the one that folds its first partition. The others follow it.
 * 2. (G8) The generation that was read stands still, as far as it is folded here, until the other shows all that was
 *    recorded by then: it has been given that, which the store holds it to in every partition, and of that nothing waits
 *    for a document that is there. That it serves is stored first, and then told to readers in one step: so nobody is ever
 *    led back, also not by a crash.
 */
export class SwitchOver {
  readonly #services: SwitchOverServices
  #isConsidering = false
  #isStopped = false

  constructor(services: SwitchOverServices) {
    this.#services = services
  }

  stop(): void {
    this.#isStopped = true
  }

  /** Lets a rebuild take over if it may. */
  consider(rebuild: Rebuild): void {
    const { isLeader, turns } = this.#services
    if (this.#isConsidering || !rebuild.isUnderWay || !isLeader()) return
    this.#isConsidering = true
    const failed = (error: unknown) => this.#couldNotSwitch(rebuild, error)
    void turns
      .take(() => this.switch(rebuild).catch(failed))
      .then(() => {
        this.#isConsidering = false
      })
  }

  /**
   * Lets a generation that has caught up take over, if it may. To be called in a turn of one's own.
   *
   * @param isOver whether nobody waits any more until it is known what the store made of it
   */
  async switch(rebuild: Rebuild, isOver = () => false): Promise<void> {
    if (this.#isStopped || !rebuild.isUnderWay) return
    const { clock, isBusy, serving } = this.#services
    const { materialisation } = rebuild
    const before = serving.current
    materialisation.setPace(() => servingPace(clock))
    if (!(await this.#takesOver(rebuild, isOver))) {
      materialisation.setPace(() => new ConsideratePace(clock, isBusy))
      if (rebuild.state === 'running' && materialisation.isShared) clock.after(RETRY, () => this.consider(rebuild))
      return
    }
    await this.#concluded(rebuild, before)
  }

  /**
   * Reads a generation that another process lets serve, as soon as it shows all that readers have been shown here. To be
   * called in a turn of one's own. Returns whether it is read now.
   */
  async follow(next: Materialisation): Promise<boolean> {
    const { clock, events, serving } = this.#services
    next.setPace(() => servingPace(clock))
    await next.look()
    return serving.current.hold(async () => {
      const isCurrent = await next.shows(await newestPosition(events))
      if (isCurrent) serving.replace(next)
      return isCurrent
    })
  }

  /** Streams that are parked in a rebuild, and were not before. */
  newlyParked({ materialisation }: Rebuild): string[] {
    return newlyParked(materialisation.failed(), this.#services.serving.current.failed()).sort()
  }

  async #takesOver(rebuild: Rebuild, isOver: () => boolean): Promise<boolean> {
    const { events, serving } = this.#services
    const { materialisation } = rebuild
    // While a partition has to come further, what is read goes on.
    if (!(await materialisation.shows(await newestPosition(events))) || this.#isBlocked(rebuild)) return false
    return serving.current.hold(async () => {
      const end = await newestPosition(events)
      if (!(await materialisation.shows(end)) || this.#isBlocked(rebuild)) return false
      const outcome = await this.#serve(rebuild, isOver)
      if (outcome === 'serving') serving.replace(materialisation)
      return outcome === 'serving'
    })
  }

  /** As long as nobody knows whether the store lets it serve, what is read stands still: the next start may read it. */
  async #serve(rebuild: Rebuild, isOver: () => boolean): Promise<'serving' | 'behind'> {
    const { clock, logger } = this.#services
    const { model: projection, number: generation } = rebuild.record
    for (;;) {
      try {
        return await rebuild.materialisation.between(0, (readModel) => readModel.serve())
      } catch (err) {
        if (isOver() || (await this.#isRefused(rebuild, err))) throw err
        logger.error({ err, projection, generation }, 'it is not known whether a rebuilt generation has taken over')
        await new Promise<void>((resolve) => clock.after(RETRY, resolve))
      }
    }
  }

  async #isRefused({ materialisation, number }: Rebuild, error: unknown): Promise<boolean> {
    if (this.#isStopped || materialisation.isStopped || isFenced(error)) return true
    const all = await this.#services.register.all().catch(() => undefined)
    return all?.every((record) => record.number !== number || record.state === 'retired') ?? false
  }

  async #concluded(rebuild: Rebuild, before: Materialisation): Promise<void> {
    rebuild.materialisation.isBuilt = false
    rebuild.end('done')
    await before.stop()
    await this.#services.onSwitched()
  }

  #isBlocked(rebuild: Rebuild): boolean {
    const parked = this.newlyParked(rebuild).filter((stream) => !rebuild.accepted.has(stream))
    if (parked.length > 0 && rebuild.state !== 'blocked') this.#logBlocked(rebuild, parked)
    const state = parked.length > 0 ? 'blocked' : 'running'
    if (state !== rebuild.state) this.#services.serving.tellWatchers()
    rebuild.turnTo(state)
    return state === 'blocked'
  }

  #couldNotSwitch(rebuild: Rebuild, err: unknown): void {
    const { model: projection, number: generation } = rebuild.record
    this.#services.logger.error(
      { err, projection, generation },
      'a rebuilt generation could not take over and will try again',
    )
    if (err instanceof UnavailableError) this.#services.onFailed(rebuild, err.cause)
  }

  #logBlocked({ record }: Rebuild, streams: readonly string[]): void {
    this.#services.logger.error(
      { projection: record.model, generation: record.number, streams },
      'a rebuild is blocked: streams are parked that are not in the generation that serves. Mend and retry them, or accept them',
    )
  }
}
