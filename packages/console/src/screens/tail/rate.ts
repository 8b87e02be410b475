const span = 5000
const bucket = 250

/** How often something happens: a mean of the last five seconds. */
export class Rate {
  /** How many in each quarter of a second, the oldest first. */
  #buckets: { readonly at: number; count: number }[] = []

  /** @param now milliseconds, of any clock that only goes on */
  count(now: number): void {
    const at = now - (now % bucket)
    const last = this.#buckets.at(-1)
    if (last?.at === at) last.count += 1
    else this.#buckets.push({ at, count: 1 })
  }

  /** A second. */
  at(now: number): number {
    this.#buckets = this.#buckets.filter(({ at }) => at > now - span)
    return this.#buckets.reduce((sum, { count }) => sum + count, 0) / (span / 1000)
  }
}
