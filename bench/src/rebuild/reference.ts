import { deposit } from '../definitions.ts'

/** What must be in the read model: how often was paid into each account, as far as that was acknowledged. */
export class Reference {
  readonly ids: readonly string[]
  readonly #deposits: Map<string, number>
  readonly #tokens = new Map<string, string>()

  constructor(accounts: number, depositsEach: number) {
    this.ids = Array.from({ length: accounts }, (_, index) => `account-${index}`)
    this.#deposits = new Map(this.ids.map((id) => [id, depositsEach]))
  }

  any(): string {
    return this.ids[Math.floor(Math.random() * this.ids.length)] as string
  }

  deposited(id: string, token: string): void {
    this.#deposits.set(id, this.acknowledged(id) + 1)
    this.#tokens.set(id, token)
  }

  /** The least that a reader with the account's newest token has to see. */
  acknowledged(id: string): number {
    return this.#deposits.get(id) ?? 0
  }

  token(id: string): string | undefined {
    return this.#tokens.get(id)
  }

  /** How many deposits a balance stands for; throws when it stands for none. */
  static depositsIn(balance: number): number {
    const deposits = balance / deposit.amount
    if (!Number.isInteger(deposits)) throw new Error(`No deposits make a balance of ${balance}`)
    return deposits
  }
}
