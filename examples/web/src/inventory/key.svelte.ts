import { type InventoryClient, inventoryWith } from '../lib/apis.ts'
import { keptInTab } from '../lib/kept.ts'

const KEPT = 'weir-inventory-key'

/** The API key of this visit: it is forgotten with the tab. */
class Key {
  #value: string | undefined = $state(keptInTab.get(KEPT))

  /** Who calls with it; undefined while there is none. */
  readonly api: InventoryClient | undefined = $derived(
    this.#value === undefined ? undefined : inventoryWith(this.#value),
  )

  keep(value: string): void {
    keptInTab.set(KEPT, value)
    this.#value = value
  }

  forget(): void {
    keptInTab.set(KEPT, undefined)
    this.#value = undefined
  }
}

export const key: Key = new Key()
