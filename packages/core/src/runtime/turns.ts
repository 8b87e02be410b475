/** Lets pieces of work have their turn one after the other, in the order in which they came. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve()

  /** Resolves or rejects as the work does, when its turn is over. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work)
    this.#last = turn.catch(() => {})
    return turn
  }

  /** Resolves when nothing is left that came before. */
  async over(): Promise<void> {
    await this.#last
  }
}
