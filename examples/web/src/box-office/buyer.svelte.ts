const KEPT = 'weir-box-office-buyer'

/** Who buys in this browser. */
class Buyer {
  name: string = $state('')
  email: string = $state('')

  constructor() {
    const [name = '', email = ''] = (localStorage.getItem(KEPT) ?? '').split('\n')
    this.name = name
    this.email = email
  }

  /** Remembers both for the next time. */
  keep(): void {
    localStorage.setItem(KEPT, `${this.name}\n${this.email}`)
  }
}

export const buyer: Buyer = new Buyer()
