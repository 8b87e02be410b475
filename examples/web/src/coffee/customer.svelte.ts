import { kept } from '../lib/kept.ts'

const KEPT_ID = 'weir-coffee-customer'
const KEPT_NAME = 'weir-coffee-name'

/** Who orders in this browser. */
class Customer {
  readonly id: string
  name: string = $state(kept.get(KEPT_NAME) ?? '')

  constructor() {
    this.id = kept.get(KEPT_ID) ?? newId()
    kept.set(KEPT_ID, this.id)
  }

  /** Remembers the name for the next order. */
  keep(): void {
    kept.set(KEPT_NAME, this.name)
  }
}

/** Not `randomUUID`, which browsers lack on pages that came without TLS. */
function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

export const customer: Customer = new Customer()
