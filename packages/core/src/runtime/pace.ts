import type { Clock } from '../ports/index.ts'

/**
 * How fast a projector goes through the feed.
 *
 * 1. The one that serves takes all that it can get, and lets others have their turn between two batches.
 * 2. One under construction comes last (G9): on an engine that blocks the event loop, a batch of it is what a command has
 *    to wait for at most. It also waits while commands are under way, but never so long that they could starve it.
 * 3. A call ends between two batches, so these are so short that it can end in time.
 */
export interface Pace {
  /** How many commits the next batch may hold. */
  readonly limit: number
  /** A batch has taken so many milliseconds. */
  took(milliseconds: number): void
  /** Resolves when the next batch may begin. */
  pause(): Promise<void>
}

const MOST_COMMITS = 2000
const FEWEST_COMMITS = 50
/** What a batch under construction aims at, in milliseconds. */
const AIM = 3
/** The same in a call that nobody else has to wait for. */
const AIM_ON_CALL = 500
/** For how many milliseconds commands that are under way are given precedence before each batch. */
const MOST_PATIENCE = 5

/** The pace of the generation that serves. */
export function servingPace(clock: Clock): Pace {
  return { limit: MOST_COMMITS, took: () => {}, pause: () => turn(clock) }
}

/** The pace in a call, which may have to end soon. */
export function paceOnCall(clock: Clock): Pace {
  return new ConsideratePace(clock, () => false, AIM_ON_CALL)
}

/** The pace of a generation under construction. */
export class ConsideratePace implements Pace {
  readonly #clock: Clock
  readonly #isBusy: () => boolean
  readonly #aim: number
  #limit = FEWEST_COMMITS

  /**
   * @param isBusy whether commands are under way
   * @param aim how long a batch is to take at most, in milliseconds
   */
  constructor(clock: Clock, isBusy: () => boolean, aim: number = AIM) {
    this.#clock = clock
    this.#isBusy = isBusy
    this.#aim = aim
  }

  get limit(): number {
    return this.#limit
  }

  /** At most doubles or halves: one batch may be quick or slow by chance. */
  took(milliseconds: number): void {
    const factor = Math.min(2, Math.max(0.5, this.#aim / Math.max(1, milliseconds)))
    this.#limit = Math.round(Math.min(MOST_COMMITS, Math.max(FEWEST_COMMITS, this.#limit * factor)))
  }

  async pause(): Promise<void> {
    await turn(this.#clock)
    for (let waited = 0; waited < MOST_PATIENCE && this.#isBusy(); waited += 1) {
      await new Promise<void>((resolve) => this.#clock.after(1, resolve))
    }
  }
}

/** Lets requests in. */
function turn(clock: Clock): Promise<void> {
  return new Promise((resolve) => clock.soon(resolve))
}
