import { type Cancel, type Clock, systemClock } from '../ports/index.ts'
import { isWaitingForIo } from './real-io.ts'

/**
 * A clock whose time stands still until it is told to go on: for tests and simulations that must be the same every time.
 *
 * 1. Callbacks run only inside `settle`, `advance` and `run`: first those given to `soon`, in order, then the timer that
 *    is due next. Timers that are due at the same time run in the order in which they were set.
 * 2. Before each callback all promises that can settle have settled.
 * 3. While an engine is at work that was opened `withRealIo`, time stands still.
 */
export interface VirtualClock extends Clock {
  /** Runs what is waiting without moving time, until nothing is. */
  settle(): Promise<void>
  /** Moves time on, running everything that becomes due on the way. */
  advance(milliseconds: number): Promise<void>
  /**
   * Moves time from timer to timer for as long as the work takes, and answers what it answers. Time moves only when
   * nothing else has been left to do for a while, so that work may also wait for real input and output.
   *
   * @throws what the work rejects with, and an Error when nothing is left that could bring it to an end
   * @example const outcome = await clock.run(runtime.execute(message))
   */
  run<T>(work: Promise<T>): Promise<T>
}

interface Timer {
  readonly due: number
  readonly callback: () => void
}

/** Real input and output gets this many turns of the event loop before time moves, and before work is called stuck. */
const PATIENCE = 25
const MOST_PATIENCE = 1000

/** @param start when time begins: milliseconds since the epoch, or ISO 8601 */
export function virtualClock(start: number | string = '2030-01-01T00:00:00.000Z'): VirtualClock {
  return new SteppedClock(new Date(start).getTime())
}

class SteppedClock implements VirtualClock {
  readonly now: () => number
  #time: number
  #soon: (() => void)[] = []
  readonly #timers = new Set<Timer>()

  constructor(start: number) {
    this.#time = start
    this.now = () => this.#time
  }

  soon(callback: () => void): void {
    this.#soon.push(callback)
  }

  after(milliseconds: number, callback: () => void): Cancel {
    const timer = { due: this.#time + Math.max(0, milliseconds), callback }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** Whoever moves time keeps the process alive. */
  stayAlive(): Cancel {
    return () => {}
  }

  async settle(): Promise<void> {
    await this.advance(0)
  }

  async advance(milliseconds: number): Promise<void> {
    const end = this.#time + milliseconds
    for (let isOver = false; !isOver; ) {
      const waits = isWaitingForIo()
      const hasRun = await this.#step(waits ? this.#time : end)
      isOver = !hasRun && !waits && !isWaitingForIo()
    }
    this.#time = end
  }

  async run<T>(work: Promise<T>): Promise<T> {
    let done = false
    const finish = () => {
      done = true
    }
    work.then(finish, finish)
    for (let idle = 0; !done; ) {
      if (isWaitingForIo()) idle = 0
      const end = idle < PATIENCE ? this.#time : Number.POSITIVE_INFINITY
      idle = (await this.#step(end, () => done)) ? 0 : idle + 1
      if (idle > MOST_PATIENCE) throw new Error('Nothing is left to run, and the work has not come to an end')
    }
    return work
  }

  /** Lets promises settle, then runs the next callback that is due by `end`. Returns whether there was one. */
  async #step(end: number, isEnough = () => false): Promise<boolean> {
    await new Promise<void>(systemClock.soon)
    if (isEnough()) return false
    const callback = this.#soon.shift() ?? this.#takeTimer(end)
    callback?.()
    return callback !== undefined
  }

  #takeTimer(end: number): (() => void) | undefined {
    let next: Timer | undefined
    for (const timer of this.#timers) if (timer.due <= end && (!next || timer.due < next.due)) next = timer
    if (!next) return undefined
    this.#timers.delete(next)
    this.#time = Math.max(this.#time, next.due)
    return next.callback
  }
}
