/**
 * Work on things that are named: who needs one that others need waits for them, in the order of asking; all else goes on
 * side by side.
 */
export class Turns {
  readonly #last = new Map<string, Promise<void>>()

  /** @param names of what is needed, all at once */
  async take<T>(names: readonly string[], work: () => Promise<T>): Promise<T> {
    const before = new Set(names.flatMap((name) => this.#last.get(name) ?? []))
    const { promise: done, resolve: end } = Promise.withResolvers<void>()
    for (const name of names) this.#last.set(name, done)
    try {
      if (before.size > 0) await Promise.all(before)
      return await work()
    } finally {
      for (const name of names) if (this.#last.get(name) === done) this.#last.delete(name)
      end()
    }
  }
}
