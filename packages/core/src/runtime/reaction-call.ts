import type { Clock } from '../ports/index.ts'

/**
 * Calls of handlers that may take their time.
 *
 * 1. Who takes too long is told by the signal, and counts as failed; what comes later is ignored.
 * 2. A handler that answers at once costs no timer.
 */
export class HandlerCalls {
  readonly #clock: Clock
  readonly #inHand = new Set<AbortController>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @throws what the handler throws; an Error when it takes longer than `milliseconds` */
  within<T>(milliseconds: number, call: (signal: AbortSignal) => T | Promise<T>): T | Promise<T> {
    const controller = new AbortController()
    const answer = call(controller.signal)
    return isPromise(answer) ? this.#limited(milliseconds, controller, answer) : answer
  }

  /** Tells all that are under way that the application stops. */
  abort(reason: Error): void {
    for (const controller of this.#inHand) controller.abort(reason)
  }

  async #limited<T>(milliseconds: number, controller: AbortController, answer: Promise<T>): Promise<T> {
    this.#inHand.add(controller)
    const late = Promise.withResolvers<never>()
    const cancel = this.#clock.after(milliseconds, () => {
      const error = new Error(`the handler took longer than ${milliseconds} ms, its time limit`)
      late.reject(error)
      controller.abort(error)
    })
    try {
      return await Promise.race([answer, late.promise])
    } finally {
      cancel()
      this.#inHand.delete(controller)
    }
  }
}

function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}
