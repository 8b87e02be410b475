import { deposit } from '../definitions.ts'
import type { Reference } from './reference.ts'

/** What a load of commands found, in milliseconds. */
export interface Latency {
  readonly commands: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly longestMs: number
}

/** Commands that arrive at a steady rate, whether those before have been answered or not. */
export class Load {
  readonly #reference: Reference
  readonly #perSecond: number
  readonly #url: string
  readonly #onDeposited: (id: string) => void
  readonly #underWay = new Set<Promise<void>>()
  #latencies: number[] = []
  #timer: NodeJS.Timeout | undefined

  /** @param onDeposited called with the account when a deposit has been answered */
  constructor(url: string, reference: Reference, perSecond: number, onDeposited: (id: string) => void = () => {}) {
    this.#onDeposited = onDeposited
    this.#url = url
    this.#reference = reference
    this.#perSecond = perSecond
  }

  /** A command to each account, so that its state is in memory: what is measured later is not the start. */
  async warmUp(): Promise<void> {
    for (const id of this.#reference.ids) await this.#deposit(id)
    this.#latencies = []
  }

  start(): void {
    const begun = performance.now()
    let sent = 0
    this.#timer = setInterval(() => {
      const due = Math.floor(((performance.now() - begun) / 1000) * this.#perSecond)
      for (; sent < due; sent += 1) this.#send()
    }, 2)
  }

  /** What has been found since the last time. */
  take(): Latency {
    const sorted = this.#latencies.sort((a, b) => a - b)
    this.#latencies = []
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
    return { commands: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99), longestMs: at(1) }
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await Promise.all(this.#underWay)
  }

  #send(): void {
    const sending = this.#deposit(this.#reference.any()).finally(() => this.#underWay.delete(sending))
    this.#underWay.add(sending)
  }

  async #deposit(id: string): Promise<void> {
    const start = performance.now()
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${this.#url}/accounts/${id}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(deposit),
    })
    await answer.text()
    this.#latencies.push(performance.now() - start)
    if (answer.status !== 200) throw new Error(`A deposit was answered with ${answer.status}`)
    this.#reference.deposited(id, answer.headers.get('consistency-token') as string)
    this.#onDeposited(id)
  }
}
