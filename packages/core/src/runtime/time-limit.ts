import type { Cancel, Clock } from '../ports/index.ts'
import type { CallOptions } from './on-demand.ts'

/** How long a call may go on. Whoever makes one ends it: then nobody waits any more, and no timer is left behind. */
export class TimeLimit {
  readonly deadline: number
  /** Resolves when time is up. */
  readonly over: Promise<void>
  readonly #clock: Clock
  readonly #signals: readonly AbortSignal[]
  readonly #tell: () => void
  readonly #cancelTimer: Cancel

  /** @param stopping also ends it */
  constructor(clock: Clock, { deadline = Number.POSITIVE_INFINITY, signal }: CallOptions, stopping: AbortSignal) {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.deadline = deadline
    this.over = promise
    this.#clock = clock
    this.#tell = resolve
    this.#signals = signal ? [signal, stopping] : [stopping]
    for (const each of this.#signals) each.addEventListener('abort', this.#tell)
    this.#cancelTimer = Number.isFinite(deadline) ? clock.after(deadline - clock.now(), resolve) : () => {}
    if (this.isOver) resolve()
  }

  get isOver(): boolean {
    return this.#clock.now() >= this.deadline || this.#signals.some(({ aborted }) => aborted)
  }

  /** Resolves at a time, in milliseconds since the epoch, or when time is up. */
  async until(at: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const cancel = this.#clock.after(at - this.#clock.now(), resolve)
    await Promise.race([promise, this.over])
    cancel()
  }

  end(): void {
    this.#tell()
    this.#cancelTimer()
    for (const each of this.#signals) each.removeEventListener('abort', this.#tell)
  }
}
