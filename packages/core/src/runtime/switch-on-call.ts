import type { Clock } from '../ports/index.ts'
import { isFenced, UnavailableError } from './errors.ts'
import type { Materialisation } from './materialisation.ts'
import type { SwitchOutcome } from './on-demand.ts'
import type { Rebuild } from './rebuild.ts'
import type { Rebuilds } from './rebuilds.ts'
import type { TimeLimit } from './time-limit.ts'
import { Turns } from './turns.ts'

export interface SwitchOnCallServices {
  readonly clock: Clock
  readonly rebuilds: () => Rebuilds
  /** Does what other processes have done. */
  readonly refresh: () => Promise<void>
}

/** How often it is tried to let a generation serve that others are a little ahead of, in milliseconds. */
const EVERY = 50

/**
 * Lets a generation take over when it is called to (G9).
 *
 * 1. For the time of the call this process folds that generation as a whole: so it comes up to what is recorded meanwhile.
 *    Other processes go on folding the one that serves: which of the two is ahead is up to the store.
 */
export class SwitchOnCall {
  readonly #services: SwitchOnCallServices
  readonly #turns = new Turns()
  #whole: number | undefined

  constructor(services: SwitchOnCallServices) {
    this.#services = services
  }

  /** Whether a generation is folded by this process as a whole. */
  isWhole(generation: number): boolean {
    return this.#whole === generation
  }

  switchOver(limit: TimeLimit): Promise<SwitchOutcome> {
    return this.#turns.take(async () => {
      const { rebuilds, refresh } = this.#services
      const wasUnderWay = rebuilds().latest?.isUnderWay
      await refresh()
      const { latest } = rebuilds()
      if (latest?.isUnderWay) return this.#switchedOver(latest.materialisation, limit)
      return wasUnderWay || latest?.state === 'stopped' ? outcomeOf(latest) : 'nothing'
    })
  }

  async #switchedOver(materialisation: Materialisation, limit: TimeLimit): Promise<SwitchOutcome> {
    const letGo = this.#hold(materialisation)
    void limit.over.then(letGo)
    try {
      return await this.#insist(limit)
    } finally {
      letGo()
      await materialisation.left()
    }
  }

  async #insist(limit: TimeLimit): Promise<SwitchOutcome> {
    const { clock } = this.#services
    for (;;) {
      const rebuild = await this.#attempt(limit)
      if (rebuild?.state !== 'running' || limit.isOver) return outcomeOf(rebuild)
      await limit.until(clock.now() + EVERY)
    }
  }

  /** Another call may be at it at the same time, or operators may have dropped it. */
  async #attempt(limit: TimeLimit): Promise<Rebuild | undefined> {
    const { rebuilds, refresh } = this.#services
    try {
      return await rebuilds().switchOver(() => limit.isOver)
    } catch (error) {
      await refresh()
      // When time is up partitions are let go, also under the hands of what is at them: what the store fails with has a cause.
      const isLetGo = limit.isOver && error instanceof UnavailableError && error.cause === undefined
      if (!isLetGo && !isFenced(error) && rebuilds().latest?.isUnderWay) throw error
      return rebuilds().latest
    }
  }

  #hold(materialisation: Materialisation): () => void {
    let isHeld = true
    this.#whole = materialisation.number
    materialisation.assign()
    return () => {
      if (!isHeld) return
      isHeld = false
      this.#whole = undefined
      materialisation.assign()
    }
  }
}

function outcomeOf(rebuild: Rebuild | undefined): SwitchOutcome {
  switch (rebuild?.state) {
    case 'done':
      return 'serving'
    case 'running':
      return 'behind'
    case 'blocked':
      return 'blocked'
    case undefined:
      return 'nothing'
    default:
      return 'stopped'
  }
}
