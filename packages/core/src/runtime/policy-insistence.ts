import type { Clock, Logger } from '../ports/index.ts'
import { FencedError, messageOf, stopping } from './errors.ts'

const FIRST_PAUSE = 50
const LONGEST_PAUSE = 5000

export interface InsistenceServices {
  readonly clock: Clock
  readonly logger: Logger
  /** How often the same may fail before it is tried no more. */
  readonly patience: number
  /** It is tried no more. */
  readonly onGivenUp: (error: unknown) => void
}

/**
 * Does what depends on the store until it succeeds: a store that fails is no reason to count an attempt, or to forget
 * what was done.
 *
 * 1. Pauses grow, and nothing cuts them short but the end.
 * 2. After the end everything is tried once more at most.
 * 3. Where patience has a limit, it gives up behind that: then the end has come.
 */
export class Insistence {
  readonly #policy: string
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #patience: number
  readonly #onGivenUp: (error: unknown) => void
  readonly #troubles = new Map<string, string>()
  readonly #pauses = new Set<() => void>()
  #hasEnded = false

  constructor(policy: string, services: InsistenceServices) {
    this.#policy = policy
    this.#clock = services.clock
    this.#logger = services.logger
    this.#patience = services.patience
    this.#onGivenUp = services.onGivenUp
  }

  /** Why something does not go on, if so. */
  get trouble(): string | undefined {
    return this.#troubles.values().next().value
  }

  /**
   * @param what names the work in `trouble` and in the log
   * @throws what the work threw last, when somebody else has taken over or the end has come
   */
  async until<T>(what: string, work: () => Promise<T>): Promise<T> {
    for (let failures = 0; ; failures += 1) {
      try {
        const result = await work()
        this.#troubles.delete(what)
        return result
      } catch (error) {
        if (error instanceof FencedError || this.#hasEnded) throw error
        this.#report(what, error)
        await this.pause(failures, error)
      }
    }
  }

  /**
   * @param failures how often it has failed before
   * @throws UnavailableError when the end has come
   */
  async pause(failures: number, error: unknown): Promise<void> {
    if (failures >= this.#patience && !this.#hasEnded) this.#giveUp(error)
    const milliseconds = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(failures, 10))
    if (!this.#hasEnded) {
      await new Promise<void>((resolve) => {
        const goOn = () => {
          cancel()
          this.#pauses.delete(goOn)
          resolve()
        }
        const cancel = this.#clock.after(milliseconds, goOn)
        this.#pauses.add(goOn)
      })
    }
    if (this.#hasEnded) throw stopping()
  }

  end(): void {
    this.#hasEnded = true
    for (const goOn of [...this.#pauses]) goOn()
  }

  #giveUp(error: unknown): void {
    this.end()
    this.#onGivenUp(error)
  }

  #report(what: string, error: unknown): void {
    this.#troubles.set(what, messageOf(error))
    this.#logger.error({ err: error, policy: this.#policy, what }, 'a policy could not go on and will try again')
  }
}
