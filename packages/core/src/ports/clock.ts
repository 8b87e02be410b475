/** Cancels a scheduled callback; calling it again, or after the callback ran, does nothing. */
export type Cancel = () => void

/**
 * Time and scheduling. Everything in the runtime that waits or asks for the time goes through this port, so that a
 * simulator can own time.
 *
 * 1. `now` never goes back within one process.
 * 2. `soon` and `after` call back at most once, never synchronously.
 * 3. Callbacks given to `soon` run in the order in which they were given.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number
  /** Runs `callback` after the work that is already waiting (I/O that has arrived, promises that have settled). */
  soon(callback: () => void): void
  /** Runs `callback` once, `milliseconds` from now, unless cancelled. Does not keep a process alive. */
  after(milliseconds: number, callback: () => void): Cancel
  /** Keeps the process alive until cancelled: for who waits for what only timers will bring about. */
  stayAlive(): Cancel
}
