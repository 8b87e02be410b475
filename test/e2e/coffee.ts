import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type Answer, call, get, getAll, ready } from './http.ts'
import { listening, root, type Server, weir } from './weir.ts'

// biome-ignore lint/suspicious/noExplicitAny: what the test says it is
type Document = Record<string, any>

/** Starts the coffee shop alone, on any free port, with its data in `data`. */
async function startCoffee(data: string, env: Readonly<Record<string, string>> = {}): Promise<Server> {
  const app = join(root, 'examples/coffee')
  return listening(weir(['start', app, '--port', '0', '--data', data], { cwd: data, env }))
}

/** A coffee shop whose server is killed and started again. */
export class Shop {
  readonly #data: string
  readonly #env: Readonly<Record<string, string>>
  #server: Promise<Server>
  #nextKill: { answers: number; readonly due: () => void } | undefined

  constructor(data: string, env: Readonly<Record<string, string>> = {}) {
    this.#data = data
    this.#env = env
    this.#server = startCoffee(data, env)
  }

  /** Kills the server with whatever it is doing, and starts it again. */
  async kill(): Promise<void> {
    const killed = this.#server.then(async ({ program }) => void (await program.end('SIGKILL')))
    this.#server = killed.then(() => startCoffee(this.#data, this.#env))
    await this.#server
  }

  /** Kills it after so many answers from now on. */
  async killAfter(answers: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#nextKill = { answers, due: resolve }
    await promise
    await this.kill()
  }

  /** Asks until it is answered, whatever happens to the server meanwhile: the key keeps it from being done twice. */
  async send(method: 'POST' | 'PATCH', path: string, body: object, key: string): Promise<Answer> {
    for (;;) {
      const answer = await this.#ask((url) => call(method, url + path, { body, headers: { 'idempotency-key': key } }))
      if (answer && answer.status < 500) return answer
    }
  }

  /** The order as soon as it is as it should become. */
  async order(id: string, isReached: (order: Document) => boolean): Promise<Document> {
    for (;;) {
      const answer = await this.#ask((url) => get(`${url}/order/${id}`))
      if (answer?.status === 200 && isReached(answer.body)) return answer.body
    }
  }

  async orders(customerId: string): Promise<Document[]> {
    const { url } = await this.#server
    await ready(url)
    return getAll(`${url}/order?customerId=${customerId}&limit=1000`)
  }

  /** What the gateway has in its books: each line is a charge or a refund that took place. */
  books(): Document[] {
    const file = join(this.#data, 'payment-gateway.jsonl')
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : []
    return lines.map((line) => JSON.parse(line))
  }

  /** Undefined when the server is gone before it has answered. */
  async #ask(request: (url: string) => Promise<Answer>): Promise<Answer | undefined> {
    const { url } = await this.#server
    const answer = await request(url).catch(() => undefined)
    const next = this.#nextKill
    if (answer && next && --next.answers === 0) next.due()
    return answer
  }
}

/** Every order has come to an end, and its payment was charged once and given back once at most. */
export function expectEnds(orders: readonly Document[], books: readonly Document[]): void {
  for (const { id, status, paymentId, paymentStatus, fulfilmentStatus } of orders) {
    const charges = books.filter((entry) => entry.kind === 'charge' && entry.paymentId === paymentId)
    const succeeded = charges.filter(({ answer }) => answer.outcome === 'succeeded')
    const chargeIds = succeeded.map(({ answer }) => answer.chargeId)
    const refunds = books.filter((entry) => entry.kind === 'refund' && chargeIds.includes(entry.chargeId))
    const seen = [status, paymentStatus, charges.length, succeeded.length, refunds.length]
    expect(seen, `order ${id}, ${fulfilmentStatus}`).toBeOneOf([
      ['ORDER_COMPLETED', 'PAYMENT_SUCCESSFUL', 1, 1, 0],
      ['ORDER_CANCELLED', 'PAYMENT_PENDING', 0, 0, 0],
      ['ORDER_CANCELLED', 'PAYMENT_FAILED', 1, 0, 0],
      ['ORDER_CANCELLED', 'PAYMENT_REFUNDED', 1, 1, 1],
    ])
    if (status === 'ORDER_COMPLETED') expect(fulfilmentStatus).toBe('FULFILMENT_COMPLETED')
    if (status === 'ORDER_CANCELLED') expect(fulfilmentStatus).not.toBe('FULFILMENT_CREATED')
  }
  expect(new Set(books.map(({ key }) => key)).size).toBe(books.length)
}
