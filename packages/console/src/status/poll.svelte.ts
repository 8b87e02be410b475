import { type Problem, problemFrom } from '../api/problem.ts'

type Read<T> = (signal: AbortSignal) => Promise<T>

/** Something that is asked for again and again, while anybody looks at it. */
export class Poll<T> {
  data: T | undefined = $state.raw()
  /** Why the last time failed; what was known before stays in `data`. */
  problem: Problem | undefined = $state.raw()
  #wake: () => void = () => {}

  /** Asks at once. */
  refresh(): void {
    this.#wake()
  }

  /**
   * Asks until it is told to stop. Nothing is asked while the page is hidden.
   *
   * @param every milliseconds between an answer and the next question
   */
  run(read: Read<T>, every: () => number): () => void {
    const ending = new AbortController()
    const wake = () => this.#wake()
    document.addEventListener('visibilitychange', wake)
    ending.signal.addEventListener('abort', () => document.removeEventListener('visibilitychange', wake))
    void this.#loop(read, every, ending.signal)
    return () => {
      ending.abort()
      this.#wake()
    }
  }

  async #loop(read: Read<T>, every: () => number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (!document.hidden) await this.#ask(read, signal)
      if (!signal.aborted) await this.#pause(every())
    }
  }

  async #ask(read: Read<T>, signal: AbortSignal): Promise<void> {
    try {
      const data = await read(signal)
      if (signal.aborted) return
      this.data = data
      this.problem = undefined
    } catch (error) {
      if (!signal.aborted) this.problem = problemFrom(error)
    }
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

/**
 * A poll that lives as long as the component that asks for it. What `read` reads of the state before it awaits is followed:
 * when that changes, the question is another one.
 */
export function polled<T>(read: Read<T>, every: number | (() => number) = 2000): Poll<T> {
  const poll = new Poll<T>()
  $effect(() => poll.run(read, typeof every === 'number' ? () => every : every))
  return poll
}
