/**
 * A seat that is being bought here. It is taken away from what is left at once, and given back when the purchase is
 * refused.
 */
export class Purchase {
  /** What was left when it began. */
  #from: number | undefined = $state.raw()

  /** @param left what the server tells, with or without it */
  leftOf(left: number): number {
    return this.#from === undefined ? left : Math.max(0, Math.min(left, this.#from - 1))
  }

  begin(left: number): void {
    this.#from = left
  }

  /** It was refused, or what the server tells has it. */
  end(): void {
    this.#from = undefined
  }
}
