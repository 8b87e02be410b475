import type { StoredDocument } from '../ports/index.ts'
import { readTimer, storedTimer, type Timer } from './timers-stored.ts'

/** What becomes of a timer; undefined: it is gone. */
export interface TimerChange {
  readonly key: string
  readonly timer: Timer | undefined
}

/** Timers as they have to be saved: written, or gone without a trace. */
export interface TimerChanges {
  readonly timers: readonly TimerChange[]
  readonly documents: readonly StoredDocument[]
  readonly purged: readonly string[]
}

/**
 * What changes about the timers of a policy, between the store and those who schedule, cancel and fire.
 *
 * 1. A timer that was read in order to fire it counts only as long as nothing has changed about its key: what was
 *    cancelled or replaced meanwhile does not fire.
 */
export class TimerBook {
  readonly #unsaved = new Map<string, Timer | undefined>()
  /** Those that are about to be fired. */
  readonly #read = new Map<string, Timer>()
  /** For each reading that is under way: what has changed since it began. */
  readonly #touched = new Set<Set<string>>()
  readonly #onScheduled: (due: number) => void

  /** @param onScheduled is told when a timer has been saved */
  constructor(onScheduled: (due: number) => void) {
    this.#onScheduled = onScheduled
  }

  change({ key, timer }: TimerChange): void {
    this.#unsaved.set(key, timer)
    this.#read.delete(key)
    for (const touched of this.#touched) touched.add(key)
  }

  /** Reads timers in order to fire them. Those that change meanwhile are left out. */
  async read(documents: () => Promise<readonly StoredDocument[]>): Promise<Timer[]> {
    const touched = new Set(this.#unsaved.keys())
    this.#touched.add(touched)
    try {
      const read = (await documents()).map(readTimer).filter(({ key }) => !touched.has(key))
      for (const timer of read) this.#read.set(timer.key, timer)
      return read
    } finally {
      this.#touched.delete(touched)
    }
  }

  /** Whether nothing has changed about a timer that was read. */
  isCurrent(timer: Timer): boolean {
    return this.#read.get(timer.key) === timer
  }

  /** What has to be saved now. */
  take(): TimerChanges {
    const timers = [...this.#unsaved].map(([key, timer]) => ({ key, timer }))
    return {
      timers,
      documents: timers.flatMap(({ timer }) => (timer ? [storedTimer(timer)] : [])),
      purged: timers.flatMap(({ key, timer }) => (timer ? [] : [key])),
    }
  }

  /** What was taken is in the store. */
  saved({ timers }: TimerChanges): void {
    for (const { key, timer } of timers) {
      if (this.#unsaved.get(key) === timer) this.#unsaved.delete(key)
      if (timer && timer.due !== null) this.#onScheduled(timer.due)
    }
  }
}
