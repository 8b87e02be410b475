interface Write {
  readonly token: string
  /** Paths that have been read with this write in them. */
  readonly reached: Set<string>
}

/** Older writes have long been folded; headers have to stay small. */
const MOST = 16
/** In characters: a token has about 100, that of a command that wrote to many streams 50 for each of them. */
const MOST_TEXT = 5000

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
    const writes = [...this.#writes, { token, reached: new Set<string>() }].slice(-MOST)
    for (let text = lengthOf(writes); writes.length > 1 && text > MOST_TEXT; ) text -= writes.shift()?.token.length ?? 0
    this.#writes = writes
    for (const listener of [...this.#listeners]) listener()
  }

  /** The tokens that a read of this path has to wait for. */
  awaitedBy(path: string): string[] {
    return this.#writes.filter(({ reached }) => !reached.has(path)).map(({ token }) => token)
  }

  reached(path: string, tokens: readonly string[]): void {
    for (const { token, reached } of this.#writes) if (tokens.includes(token)) reached.add(path)
  }

  /** The server takes none of them: its store is another one than that which was written to, or they are too long. */
  forget(): void {
    this.#writes = []
  }

  /** Calls back at each write, until what is returned is called. */
  onWrite(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}

function lengthOf(writes: readonly Write[]): number {
  return writes.reduce((sum, { token }) => sum + token.length, 0)
}
