import { type InventoryClient, inventoryWith } from '../lib/apis.ts'

const KEPT = 'weir-inventory-key'

/** The API key of this visit: it is forgotten with the tab. */
class Key {
  #value: string | undefined = $state(sessionStorage.getItem(KEPT) ?? undefined)

  /** Who calls with it; undefined while there is none. */
  readonly api: InventoryClient | undefined = $derived(
    this.#value === undefined ? undefined : inventoryWith(this.#value),
  )

  keep(value: string): void {
    sessionStorage.setItem(KEPT, value)
    this.#value = value
  }

  forget(): void {
    sessionStorage.removeItem(KEPT)
    this.#value = undefined
  }
}

export const key: Key = new Key()
