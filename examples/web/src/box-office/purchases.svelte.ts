/**
 * Seats that were just bought here. They are taken away from what is left at once, and given back when the purchase is
 * refused; those that the server has taken away, too, are forgotten.
 */
export class Purchases {
  /** What was left when the oldest of them began, and how many there are. */
  #pending: { readonly from: number; readonly seats: number } | undefined = $state.raw()

  /** @param left what the server tells */
  leftOf(left: number): number {
    const { from, seats } = this.#pending ?? { from: left, seats: 0 }
    return Math.max(0, Math.min(left, from - seats))
  }

  begin(left: number): void {
    const { from, seats } = this.#pending ?? { from: left, seats: 0 }
    this.#pending = { from, seats: seats + 1 }
  }

  /** The purchase was refused. */
  takeBack(): void {
    this.#pending = undefined
  }

  /** What the server tells has it. */
  settle(): void {
    this.#pending = undefined
  }
}
