import { describe, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { aggregate, app, projection } from '../definitions/index.ts'
import { type Faults, World } from './world.fixture.ts'

const Order = aggregate('order', { events: { Placed: z.object({}) }, initialState: 0 })
  .evolve({ Placed: (count) => count + 1 })
  .commands({ place: { input: z.object({}), decide: () => ({ type: 'Placed', data: {} }) } })

const Payment = aggregate('payment', {
  events: { Paid: z.object({ order: z.string(), amount: z.int() }) },
  initialState: 0,
})
  .evolve({ Paid: (count) => count + 1 })
  .commands({
    pay: {
      input: z.object({ orders: z.array(z.string()), amounts: z.array(z.int()) }),
      decide: (_, { orders, amounts }) =>
        amounts.map((amount, index) => {
          return { type: 'Paid' as const, data: { order: orders[index % orders.length] as string, amount } }
        }),
    },
  })

const { place } = Order.commands
const { pay } = Payment.commands

/** A shop that takes no negative amounts, with what is read and handled counted. */
async function open() {
  const applied = vi.fn()
  const read = vi.fn()
  const Orders = projection('orders', { schema: z.object({ id: z.string(), paid: z.int(), last: z.int() }) })
    .create(Order, { Placed: ({ aggregateId }) => ({ id: aggregateId, paid: 0, last: 0 }) })
    .update(
      Payment,
      {
        Paid: (order, { data: { amount } }) => {
          applied(amount)
          if (amount < 0) throw new Error('too little')
          return { ...order, paid: order.paid + 1, last: amount }
        },
      },
      { id: ({ data }) => data.order },
    )
  const world = await World.make()
  const events: Faults['events'] = (store) => ({
    readStream: async (stream, after, limit) => {
      const commits = await store.readStream(stream, after, limit)
      read(commits.length)
      return commits
    },
  })
  const shop = app('shop', { routes: {}, projections: [Orders], aggregates: [Order, Payment] })
  const runtime = await world.start(shop, { events }, { cachedStates: 100 })
  const settled = () => world.run(runtime.settled())
  return {
    applied,
    read,
    runtime,
    place: async (id: string) => {
      await world.run(runtime.execute(place(id, {})))
      await settled()
    },
    pay: async (id: string, orders: readonly string[], amounts: readonly number[]) => {
      await world.run(runtime.execute(pay(id, { orders: [...orders], amounts: [...amounts] })))
      await settled()
    },
    order: async (id: string) => (await runtime.get(Orders, id)).document,
  }
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

describe('what waits', () => {
  test('of one commit is read and decoded once, however many events it has', async () => {
    const shop = await open()
    await shop.pay('p', ['a'], numbers(500))
    const parse = vi.spyOn(JSON, 'parse')
    shop.read.mockClear()
    await shop.place('a')
    expect(await shop.order('a')).toEqual({ id: 'a', paid: 500, last: 500 })
    expect(parse.mock.calls.length).toBeLessThan(20)
    parse.mockRestore()
    expect(shop.read.mock.calls.length).toBeLessThan(5)
  })

  test('in many commits is read in pages, without what waits for something else far behind it', async () => {
    const shop = await open()
    for (const amount of numbers(30)) await shop.pay('p', ['a'], [amount])
    await shop.pay('p', ['b'], numbers(1200))
    await shop.pay('p', ['a'], [7])
    shop.read.mockClear()
    await shop.place('a')
    expect(await shop.order('a')).toEqual({ id: 'a', paid: 31, last: 7 })
    expect(shop.read.mock.calls.length).toBeLessThan(6)
    expect(await shop.runtime.operations.projections()).toMatchObject([{ deferred: 1200 }])
    await shop.place('b')
    expect(await shop.order('b')).toEqual({ id: 'b', paid: 1200, last: 1200 })
  })

  test('for several documents that appear in turn goes to each', async () => {
    const shop = await open()
    await shop.pay('p', ['a', 'b', 'c'], numbers(9))
    await shop.place('b')
    await shop.place('c')
    await shop.place('a')
    expect([await shop.order('a'), await shop.order('b'), await shop.order('c')]).toEqual([
      { id: 'a', paid: 3, last: 7 },
      { id: 'b', paid: 3, last: 8 },
      { id: 'c', paid: 3, last: 9 },
    ])
  })

  test('behind an event that failed is neither read nor tried when others change the document', async () => {
    const shop = await open()
    await shop.pay('p', ['a'], [1, -1, ...numbers(100)])
    await shop.place('a')
    expect(await shop.order('a')).toEqual({ id: 'a', paid: 1, last: 1 })
    shop.applied.mockClear()
    shop.read.mockClear()
    await shop.pay('q', ['a'], [5])
    await shop.pay('q', ['a'], [6])
    expect(await shop.order('a')).toEqual({ id: 'a', paid: 3, last: 6 })
    expect(shop.applied.mock.calls).toEqual([[5], [6]])
    expect(shop.read.mock.calls.flat().reduce((sum, count) => sum + count, 0)).toBe(0)
    expect(await shop.runtime.operations.projections()).toMatchObject([{ parked: 1, deferred: 101 }])
  })
})
