import { AssertionError } from 'node:assert'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { type AnyProjection, aggregate, projection } from '../definitions/index.ts'
import { at, type History, history } from './history.ts'
import { type Projected, type ProjectOptions, project } from './project.ts'

const Order = aggregate('order', {
  events: { Placed: z.object({ item: z.string() }), Cancelled: z.object({}), Noted: z.object({ note: z.string() }) },
  initialState: null,
})
  .evolve({ Placed: () => null, Cancelled: () => null, Noted: () => null })
  .commands({})

const Payment = aggregate('payment', {
  events: { Settled: z.object({ orderId: z.string(), cents: z.int() }) },
  initialState: null,
})
  .evolve({ Settled: () => null })
  .commands({})

const schema = z.object({
  id: z.string(),
  item: z.string(),
  status: z.enum(['placed', 'paid', 'cancelled']),
  paid: z.int(),
  placedAt: z.string(),
})

const Placed = projection('orders', { schema }).create(Order, {
  Placed: ({ aggregateId, data, recordedAt }) => ({
    id: aggregateId,
    item: data.item,
    status: 'placed' as const,
    paid: 0,
    placedAt: recordedAt,
  }),
})

const Orders = Placed.update(Order, { Cancelled: (order) => ({ ...order, status: 'cancelled' as const }) }).update(
  Payment,
  { Settled: (order, { data }) => ({ ...order, paid: order.paid + data.cents }) },
  { id: ({ data }) => data.orderId },
)

const NOON = '2030-05-01T12:00:00.000Z'
const placed = at(NOON, Order.event('Placed', { item: 'tea' }))
const order = (...more: Parameters<typeof history<typeof Order.events>>[2]) => history(Order, 'o1', [placed, ...more])
const payment = (id: string, cents: number) =>
  history(Payment, id, [Payment.event('Settled', { orderId: 'o1', cents })])
const cancelled = Order.event('Cancelled', {})
const tea = { id: 'o1', item: 'tea', status: 'placed', paid: 0, placedAt: NOON } as const

async function failureOf(test: Promise<void>): Promise<string> {
  const error = await test.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(AssertionError)
  return (error as Error).message
}

describe('a projection', () => {
  test('makes the documents that are expected, in whatever order they are named', async () => {
    const other = history(Order, 'o0', [at(NOON, Order.event('Placed', { item: 'cup' }))])
    await project(Orders)
      .given(order(), other)
      .expectDocuments([tea, { ...tea, id: 'o0', item: 'cup' }])
  })

  test('may take events from several streams, when the documents are the same in every interleaving', async () => {
    await project(Orders)
      .given(order(cancelled), payment('p1', 5), payment('p2', 7))
      .expectDocuments([{ ...tea, status: 'cancelled', paid: 12 }])
  })

  test('may ignore events, remove documents, and make none', async () => {
    await project(Placed.remove(Order, ['Cancelled']))
      .given(order(Order.event('Noted', { note: 'x' }), cancelled))
      .expectDocuments([])
  })
})

describe('a test fails, in words that help, when', () => {
  const failing = (tested: AnyProjection, histories: History[], documents: object[], options?: ProjectOptions) =>
    failureOf((project(tested, options) as Projected<never>).given(...histories).expectDocuments(documents as never))

  test('other documents are made', async () => {
    const message = await failing(Orders, [order()], [{ ...tea, item: 'coffee' }])
    expect(message).toContain("The projection 'orders' made other documents than expected.")
    expect(message).toMatch(/\+ +item: 'tea'/)
    expect(message).toMatch(/- +item: 'coffee'/)
  })

  test('documents depend on the interleaving: the two events whose order matters are marked', async () => {
    const Careless = Placed.update(Order, { Cancelled: (doc) => ({ ...doc, status: 'cancelled' as const }) }).update(
      Payment,
      { Settled: (doc, { data }) => ({ ...doc, status: 'paid' as const, paid: doc.paid + data.cents }) },
      { id: ({ data }) => data.orderId },
    )
    const histories = [order(Order.event('Noted', { note: 'x' }), cancelled), payment('p1', 5)]
    const message = await failing(Careless, histories, [{ ...tea, status: 'paid', paid: 5 }])
    expect(message).toContain('documents must be the same whatever the interleaving (G2)')
    expect(message).toContain(
      [
        '  Placed (order-o1, version 1)',
        '  Noted (order-o1, version 2)',
        '> Cancelled (order-o1, version 3)',
        '> Settled (payment-p1, version 1)',
        '',
        'and',
        '',
        '  Placed (order-o1, version 1)',
        '  Noted (order-o1, version 2)',
        '> Settled (payment-p1, version 1)',
        '> Cancelled (order-o1, version 3)',
      ].join('\n'),
    )
    expect(message).toMatch(/\+ +status: 'cancelled'/)
    expect(message).toMatch(/- +status: 'paid'/)
  })

  test('an order that matters is found among more interleavings than can be tried', async () => {
    const Greedy = Placed.update(
      Payment,
      { Settled: (doc, { data }) => ({ ...doc, paid: Math.max(doc.paid * 2, data.cents) }) },
      { id: ({ data }) => data.orderId },
    )
    const payments = Array.from({ length: 9 }, (_, index) => payment(`p${index}`, index))
    const paid = payments.reduce((sum, _, cents) => Math.max(sum * 2, cents), 0)
    const message = await failing(Greedy, [order(), ...payments], [{ ...tea, paid }], { interleavings: 20, seed: 3 })
    expect(message.match(/^> /gm)).toHaveLength(4)
  })

  test('an event waits for a document that nobody makes', async () => {
    expect(await failing(Orders, [payment('p1', 5)], [])).toContain(
      "could not apply all events:\n  - Settled (payment-p1, version 1) waits for the document 'o1', which no event has made",
    )
  })

  test('a handler throws', async () => {
    const Broken = Placed.update(Order, {
      Cancelled: () => {
        throw new Error('not today')
      },
    })
    expect(await failing(Broken, [order(cancelled)], [tea])).toContain(
      '  - Cancelled (order-o1, version 2) failed: not today',
    )
  })

  test('a handler changes the document that it is given', async () => {
    const Mutating = Placed.update(Order, { Cancelled: (doc) => Object.assign(doc, { status: 'cancelled' as const }) })
    expect(await failing(Mutating, [order(cancelled)], [tea])).toContain(
      "Cancelled (order-o1, version 2) failed: Cannot assign to read only property 'status'",
    )
  })

  test('a handler is no pure function', async () => {
    let calls = 0
    const Impure = Placed.update(Order, {
      Cancelled: (doc) => {
        calls += 1
        return { ...doc, paid: calls }
      },
    })
    const message = await failing(Impure, [order(cancelled)], [{ ...tea, paid: 1 }])
    expect(message).toContain('of the same events in the same order')
    expect(message).toContain('Are its handlers pure functions of their arguments?')
  })

  test('a history is given twice', async () => {
    expect(await failing(Orders, [order(), order()], [tea])).toContain("The history of 'order-o1' was given twice")
  })
})
