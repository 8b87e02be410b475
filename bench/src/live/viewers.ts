import { Reference } from '../rebuild/reference.ts'
import { openStream } from './stream.ts'

interface Balance {
  readonly id: string
  readonly balance: number
}

/** What is seen of one account, by the deposits that its balance stands for. */
class Account {
  seen = -1
  readonly #lags: number[]
  readonly #acknowledged: { readonly deposits: number; readonly at: number }[] = []

  constructor(lags: number[]) {
    this.#lags = lags
  }

  acknowledge(deposits: number): void {
    if (deposits > this.seen) this.#acknowledged.push({ deposits, at: performance.now() })
    else this.#lags.push(0)
  }

  see(deposits: number): void {
    if (deposits < this.seen) throw new Error(`An account went from ${this.seen} deposits back to ${deposits}`)
    this.seen = deposits
    while (this.#acknowledged[0] && this.#acknowledged[0].deposits <= deposits) {
      this.#lags.push(performance.now() - (this.#acknowledged.shift()?.at ?? 0))
    }
  }
}

/** Who watches one account each, and who watch the richest accounts. */
export class Viewers {
  /** From the answer to a deposit until its viewer sees it, in milliseconds. */
  readonly lags: number[] = []
  readonly #url: string
  readonly #accounts = new Map<string, Account>()
  readonly #pages: Map<string, number>[] = []
  readonly #leave: (() => void)[] = []

  constructor(url: string) {
    this.#url = url
  }

  get count(): number {
    return this.#leave.length
  }

  async watchAccount(id: string): Promise<void> {
    const account = new Account(this.lags)
    this.#accounts.set(id, account)
    const leave = await openStream(`${this.#url}/accounts/${id}`, ({ data }) => {
      account.see(Reference.depositsIn((JSON.parse(data) as Balance).balance))
    })
    this.#leave.push(leave)
  }

  async watchRichest(): Promise<void> {
    const page = new Map<string, number>()
    this.#pages.push(page)
    const leave = await openStream(`${this.#url}/accounts?sort=-balance&limit=20`, ({ event, data }) => {
      const told = JSON.parse(data)
      if (event === 'snapshot') page.clear()
      for (const { id, balance } of (event === 'snapshot' ? told : told.changed) as Balance[]) page.set(id, balance)
      for (const id of told.removed ?? []) page.delete(id)
    })
    this.#leave.push(leave)
  }

  acknowledge(id: string, deposits: number): void {
    this.#accounts.get(id)?.acknowledge(deposits)
  }

  /** Whether everybody sees what is there. */
  haveSeen(reference: Reference, richest: readonly Balance[]): boolean {
    const accounts = [...this.#accounts].every(([id, { seen }]) => seen === reference.acknowledged(id))
    return accounts && this.#pages.every((page) => sameAs(page, richest))
  }

  leave(): void {
    for (const each of this.#leave) each()
  }
}

function sameAs(page: ReadonlyMap<string, number>, richest: readonly Balance[]): boolean {
  return page.size === richest.length && richest.every(({ id, balance }) => page.get(id) === balance)
}
