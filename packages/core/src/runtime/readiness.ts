import type { Clock, Engine, Logger } from '../ports/index.ts'

export interface ReadinessServices {
  readonly engine: Pick<Engine, 'check'>
  readonly clock: Clock
  readonly logger: Logger
}

/** What an application cannot serve requests without. */
export interface Prerequisite {
  /** Why it is not there yet, in words that may be told to anybody. */
  reasonNotReady(): string | undefined
  /** Looks what others have done about that meanwhile. */
  lookAhead?(): Promise<void>
}

/** How long a look at the store is good for, in milliseconds. */
const GOOD_FOR = 1000

/**
 * Whether an application can serve requests. Anybody may ask, as often as they like:
 *
 * 1. The store, which writes to find out, is looked at once a second at most, and so is what other processes have to do.
 * 2. The reasons say nothing of files or of what the storage said: that goes to the log.
 */
export class Readiness {
  readonly #services: ReadinessServices
  readonly #prerequisites: readonly Prerequisite[]
  #checkedAt = Number.NEGATIVE_INFINITY
  #isUsable: Promise<boolean> = Promise.resolve(true)

  constructor(prerequisites: readonly Prerequisite[], services: ReadinessServices) {
    this.#prerequisites = prerequisites
    this.#services = services
  }

  async tell(): Promise<{ readonly ready: boolean; readonly reasons: readonly string[] }> {
    const isUsable = await this.#look()
    const reasons = this.#prerequisites.map((each) => each.reasonNotReady()).filter((reason) => reason !== undefined)
    if (!isUsable) reasons.push('the store cannot be used; see the log')
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
      const waiting = this.#prerequisites.filter((each) => each.reasonNotReady() !== undefined)
      await Promise.all(waiting.map((each) => each.lookAhead?.()))
      return true
    } catch (error) {
      logger.error({ err: error }, 'the store cannot be used')
      return false
    }
  }
}
