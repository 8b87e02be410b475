import type { Clock } from '../ports/index.ts'
import { fromStore, stopping } from './errors.ts'
import { type DiscardOrder, type LetterAddress, OperationRefused } from './operations.ts'
import type { Insistence } from './policy-insistence.ts'
import type { PolicyStore } from './policy-store.ts'
import { deadTimers, pagesOf } from './timers-list.ts'
import { readTimer, type Timer } from './timers-stored.ts'

export interface DeadTimerServices {
  readonly policy: { readonly name: string }
  readonly store: PolicyStore
  readonly insistence: Insistence
  readonly clock: Clock
  /** Executes the command. Answers undefined when the timer has changed meanwhile, or nothing counts any more. */
  readonly fire: (timer: Timer) => Promise<'applied' | 'parked' | undefined>
}

/**
 * What is done about timers whose command has failed for good (G10).
 *
 * 1. One thing at a time about each: who comes meanwhile is refused.
 * 2. What is cancelled or replaced meanwhile is left alone, and nobody is told that it was tried or given up.
 */
export class DeadTimers {
  readonly #services: DeadTimerServices
  /** Keys of those that something is being done about. */
  readonly #inHand = new Set<string>()
  #isClosed = false

  constructor(services: DeadTimerServices) {
    this.#services = services
  }

  /**
   * Executes the command once more, and saves what became of it.
   *
   * @throws OperationRefused when there is no such timer, or somebody else is at it
   */
  retry(address: LetterAddress): Promise<'applied' | 'parked'> {
    return this.#take(address, async (timer) => {
      const outcome = await this.#services.fire(timer)
      if (outcome) return outcome
      throw this.#isClosed ? stopping() : changedMeanwhile(timer.key)
    })
  }

  /**
   * Gives the timer up, and records that under its key as the document.
   *
   * @throws OperationRefused when there is no such timer, or somebody else is at it
   */
  discard(address: LetterAddress, order: DiscardOrder): Promise<void> {
    const { clock, store } = this.#services
    return this.#take(address, async ({ key, stream, version, attempts, error = '', failedAt = 0 }) => {
      store.discard({ stream, version, document: key, since: failedAt, error, attempts, at: clock.now(), ...order })
      store.changed([{ key, timer: undefined }])
    })
  }

  /** Executes the commands of all of them once more, one after the other. */
  async retryAll(): Promise<void> {
    const { insistence, store } = this.#services
    const pages = pagesOf((...page) => insistence.until('timers', () => deadTimers(...page)), store)
    for await (const timers of pages) {
      for (const timer of timers) {
        if (!this.#isClosed) await insistence.until('timers', () => this.#retryIfItIsThere(timer))
      }
    }
  }

  close(): void {
    this.#isClosed = true
  }

  async #retryIfItIsThere({ stream, key: timer }: Timer): Promise<void> {
    try {
      await this.retry({ stream, timer })
    } catch (error) {
      if (!(error instanceof OperationRefused)) throw error
    }
  }

  async #take<T>({ stream, timer: key = '' }: LetterAddress, work: (timer: Timer) => Promise<T>): Promise<T> {
    if (this.#inHand.has(key)) throw changedMeanwhile(key)
    this.#inHand.add(key)
    try {
      const timer = await fromStore(this.#read(key))
      if (timer?.stream !== stream) throw this.#noSuchTimer(key)
      const result = await work(timer)
      await fromStore(this.#services.store.flush())
      return result
    } finally {
      this.#inHand.delete(key)
    }
  }

  async #read(key: string): Promise<Timer | undefined> {
    const { store } = this.#services
    const [timer] = await store.timers.read(async () => {
      const stored = await store.get(key)
      return stored && readTimer(stored).due === null ? [stored] : []
    })
    return timer
  }

  #noSuchTimer(key: string): OperationRefused {
    const { name } = this.#services.policy
    const why = `the timer '${key}' has not failed, or another one has taken its place`
    return new OperationRefused('no-dead-letter', `The policy '${name}' has no such dead letter: ${why}`)
  }
}

function changedMeanwhile(key: string): OperationRefused {
  const what = `The timer '${key}' is being tried at this moment, or has changed`
  return new OperationRefused('not-possible', `${what}: look again what became of it`)
}
