import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect } from 'vitest'
import { type Answer, call, get, getAll, ready } from './http.ts'
import { Servers } from './servers.ts'
import { root, weir } from './weir.ts'

// biome-ignore lint/suspicious/noExplicitAny: what the test says it is
type Document = Record<string, any>

/** A coffee shop, of which a server is killed and started again. */
export class Shop {
  readonly servers: Servers
  readonly #data: string
  #nextKill: { answers: number; readonly due: () => void } | undefined

  /**
   * @param data the folder that all of its servers have; what they share beside it is told in `env`
   * @param count of its servers
   */
  constructor(data: string, env: Readonly<Record<string, string>> = {}, count = 1) {
    const args = ['start', join(root, 'examples/coffee'), '--port', '0', '--data', data]
    this.#data = data
    this.servers = new Servers(count, () => weir(args, { cwd: data, env }))
  }

  /** Kills its only server with whatever it is doing, and starts it again. */
  async kill(): Promise<void> {
    await this.servers.urls()
    await this.servers.kill(0)
    await this.servers.urls()
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

  /** The orders of a customer, which are the same at every server. */
  async orders(customerId: string): Promise<Document[]> {
    const [orders = [], ...others] = await Promise.all(
      (await this.servers.urls()).map((url) => ordersAt(url, customerId)),
    )
    for (const other of others) expect(other).toEqual(orders)
    return orders
  }

  /** What the gateway has in its books: each is a charge or a refund that took place. */
  books(): Document[] {
    const file = join(this.#data, 'payment-gateway.db')
    // It has none before it is called.
    if (!existsSync(file)) return []
    const database = new DatabaseSync(file)
    try {
      const rows = database.prepare('SELECT entry FROM books ORDER BY number').all()
      return rows.map(({ entry }) => JSON.parse(String(entry)))
    } finally {
      database.close()
    }
  }

  /** Undefined when the server is gone before it has answered. */
  async #ask(request: (url: string) => Promise<Answer>): Promise<Answer | undefined> {
    const answer = await request(await this.servers.url()).catch(() => undefined)
    const next = this.#nextKill
    if (answer && next && --next.answers === 0) next.due()
    return answer
  }
}

async function ordersAt(url: string, customerId: string): Promise<Document[]> {
  await ready(url)
  return getAll(`${url}/order?customerId=${customerId}&limit=1000`)
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
