type Result<T> = IteratorResult<T, undefined>

/**
 * An iterator over the states of something that changes.
 *
 * 1. Who is slow is given the newest state; those between are left out.
 * 2. It ends at once when it is returned, also while somebody waits for its next state.
 */
export class Newest<T> implements AsyncIterableIterator<T, undefined> {
  readonly #begin: () => () => void
  #phase: 'new' | 'running' | 'ended' = 'new'
  #stop = () => {}
  #fresh: { readonly value: T } | undefined
  #failure: { readonly error: unknown } | undefined
  #waiting: { resolve: (result: Result<T>) => void; reject: (error: unknown) => void }[] = []

  /** @param begin called when the first state is asked for; what it returns is called at the end */
  constructor(begin: () => () => void) {
    this.#begin = begin
  }

  put(value: T): void {
    if (this.#phase === 'ended') return
    const waiting = this.#waiting.shift()
    if (waiting) waiting.resolve({ value, done: false })
    else this.#fresh = { value }
  }

  /** Takes away what nobody has been given yet. */
  drop(): boolean {
    const hasDropped = this.#fresh !== undefined
    this.#fresh = undefined
    return hasDropped
  }

  fail(error: unknown): void {
    const waiting = this.#waiting.shift()
    if (waiting) waiting.reject(error)
    else this.#failure = { error }
    this.end()
  }

  end(): void {
    if (this.#phase === 'ended') return
    this.#phase = 'ended'
    this.#fresh = undefined
    for (const { resolve } of this.#waiting) resolve({ value: undefined, done: true })
    this.#waiting = []
    this.#stop()
  }

  next(): Promise<Result<T>> {
    if (this.#phase === 'new') {
      this.#phase = 'running'
      this.#stop = this.#begin()
    }
    const fresh = this.#fresh
    this.#fresh = undefined
    if (fresh) return Promise.resolve({ value: fresh.value, done: false })
    const failure = this.#failure
    this.#failure = undefined
    if (failure) return Promise.reject(failure.error)
    if (this.#phase === 'ended') return Promise.resolve({ value: undefined, done: true })
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  return(): Promise<Result<T>> {
    this.end()
    return Promise.resolve({ value: undefined, done: true })
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}
