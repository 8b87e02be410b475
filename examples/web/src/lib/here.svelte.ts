import { type Address, addressOf } from './address.ts'

/** Where one is among the pages. */
class Here {
  #address: Address = $state.raw(addressOf(location.hash))
  /** Whether somebody has gone from one page to another since they came. */
  hasMoved = false

  constructor() {
    addEventListener('hashchange', () => {
      this.hasMoved = true
      this.#address = addressOf(location.hash)
    })
  }

  get segments(): readonly string[] {
    return this.#address.segments
  }

  get query(): URLSearchParams {
    return this.#address.query
  }

  /** Goes to `#/…`, as a link does. */
  go(hash: string): void {
    location.hash = hash
  }
}

export const here: Here = new Here()
