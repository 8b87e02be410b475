/** Over how many seconds a rate is taken. */
const WINDOW = 10

/** How many things happen a second, lately. */
export class Rate {
  readonly #since: number
  /** How many happened in each of the last seconds, by second since the epoch. */
  readonly #counts = new Map<number, number>()
  #total = 0

  /** @param now milliseconds since the epoch, here and below */
  constructor(now: number) {
    this.#since = now
  }

  add(count: number, now: number): void {
    const second = Math.floor(now / 1000)
    this.#total += count
    this.#counts.set(second, (this.#counts.get(second) ?? 0) + count)
    for (const old of this.#counts.keys()) if (old <= second - WINDOW) this.#counts.delete(old)
  }

  /** From the start until then. */
  average(now: number): number {
    return Math.round((this.#total * 1000) / Math.max(1, now - this.#since))
  }

  perSecond(now: number): number {
    const start = Math.max(this.#since, (Math.floor(now / 1000) - WINDOW + 1) * 1000)
    const recent = [...this.#counts].filter(([second]) => (second + 1) * 1000 > start)
    const count = recent.reduce((sum, [, each]) => sum + each, 0)
    return Math.round((count * 1000) / Math.max(1, now - start))
  }
}
