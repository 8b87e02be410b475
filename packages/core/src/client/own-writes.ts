interface Write {
  readonly token: string
  /** Paths that have been read with this write in them. */
  readonly reached: Set<string>
}

/** Older writes have long been folded; headers have to stay small. */
const MOST = 16

/**
 * The consistency tokens of what a client has written.
 *
 * 1. They go with each read of a path until one has answered that it reflects them: so nobody reads what is older than
 *    their own write (G8).
 */
export class OwnWrites {
  #writes: Write[] = []
  readonly #listeners = new Set<() => void>()

  add(token: string): void {
    this.#writes = [...this.#writes, { token, reached: new Set<string>() }].slice(-MOST)
    for (const listener of [...this.#listeners]) listener()
  }

  /** The tokens that a read of this path has to wait for. */
  awaitedBy(path: string): string[] {
    return this.#writes.filter(({ reached }) => !reached.has(path)).map(({ token }) => token)
  }

  reached(path: string, tokens: readonly string[]): void {
    for (const { token, reached } of this.#writes) if (tokens.includes(token)) reached.add(path)
  }

  /** The server's store is another one than that which was written to. */
  forget(): void {
    this.#writes = []
  }

  /** Calls back at each write, until what is returned is called. */
  onWrite(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
