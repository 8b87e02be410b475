import { kept } from '../lib/kept.ts'

const KEPT = 'weir-box-office-buyer'

/** Who buys in this browser. */
class Buyer {
  name: string = $state('')
  email: string = $state('')

  constructor() {
    const [name = '', email = ''] = (kept.get(KEPT) ?? '').split('\n')
    this.name = name
    this.email = email
  }

  /** Remembers both for the next time. */
  keep(): void {
    kept.set(KEPT, `${this.name}\n${this.email}`)
  }
}

export const buyer: Buyer = new Buyer()
