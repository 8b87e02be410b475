/**
 * What the browser keeps for these pages. Where it keeps nothing, because somebody has forbidden it or it is full, reading
 * finds nothing and writing does nothing: the pages work, and forget.
 */
class Kept {
  readonly #storage: () => Storage

  /** @param storage asked each time: where storage is forbidden, naming it throws already */
  constructor(storage: () => Storage) {
    this.#storage = storage
  }

  get(name: string): string | undefined {
    return tried(() => this.#storage().getItem(name) ?? undefined)
  }

  /** @param value undefined forgets it */
  set(name: string, value: string | undefined): void {
    tried(() => (value === undefined ? this.#storage().removeItem(name) : this.#storage().setItem(name, value)))
  }
}

function tried<T>(use: () => T): T | undefined {
  try {
    return use()
  } catch {
    return undefined
  }
}

/** Until somebody clears it. */
export const kept: Kept = new Kept(() => localStorage)

/** Until the tab is closed. */
export const keptInTab: Kept = new Kept(() => sessionStorage)
