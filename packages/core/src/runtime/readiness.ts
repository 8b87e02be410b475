import type { Clock, Engine, Logger } from '../ports/index.ts'
import type { Projector } from './projector.ts'

export interface ReadinessServices {
  readonly engine: Pick<Engine, 'check'>
  readonly clock: Clock
  readonly logger: Logger
}

/** How long a look at the store is good for, in milliseconds. */
const GOOD_FOR = 1000

/**
 * Whether an application can serve requests. Anybody may ask, as often as they like:
 *
 * 1. The store, which writes to find out, is looked at once a second at most.
 * 2. The reasons say nothing of files or of what the storage said: that goes to the log.
 */
export class Readiness {
  readonly #services: ReadinessServices
  readonly #projectors: readonly Projector[]
  #checkedAt = Number.NEGATIVE_INFINITY
  #isUsable: Promise<boolean> = Promise.resolve(true)

  constructor(projectors: readonly Projector[], services: ReadinessServices) {
    this.#projectors = projectors
    this.#services = services
  }

  async tell(): Promise<{ readonly ready: boolean; readonly reasons: readonly string[] }> {
    const reasons = this.#projectors
      .map((projector) => projector.status())
      .flatMap(({ name, current, error }) => {
        if (error) return [`projection '${name}' cannot go on; see the log`]
        return current ? [] : [`projection '${name}' is catching up`]
      })
    if (!(await this.#look())) reasons.push('the store cannot be used; see the log')
    return { ready: reasons.length === 0, reasons }
  }

  #look(): Promise<boolean> {
    const now = this.#services.clock.now()
    if (now - this.#checkedAt < GOOD_FOR) return this.#isUsable
    this.#checkedAt = now
    this.#isUsable = this.#check()
    return this.#isUsable
  }

  async #check(): Promise<boolean> {
    const { engine, logger } = this.#services
    try {
      await engine.check()
      return true
    } catch (error) {
      logger.error({ err: error }, 'the store cannot be used')
      return false
    }
  }
}
