import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { aggregate, app, projection } from '../../definitions/index.ts'
import type { Runtime } from '../types.ts'
import { World } from '../world.fixture.ts'

const Line = z.object({ orderId: z.string(), text: z.string() })
const Order = aggregate('order', {
  events: { Placed: z.object({ item: z.string() }), Binned: z.object({}) },
  initialState: 0,
})
  .evolve({ Placed: (count) => count + 1, Binned: (count) => count })
  .commands({
    place: { input: z.object({ item: z.string() }), decide: (_, data) => ({ type: 'Placed', data }) },
    bin: { input: z.object({}), decide: () => ({ type: 'Binned', data: {} }) },
  })
const Payment = aggregate('payment', { events: { Noted: Line }, initialState: 0 })
  .evolve({ Noted: (count) => count + 1 })
  .commands({ note: { input: Line, decide: (_, data) => ({ type: 'Noted', data }) } })

const Orders = projection('orders', {
  schema: z.object({ id: z.string(), notes: z.array(z.string()), payment: z.object({ id: z.string() }).optional() }),
})
  .create(Order, { Placed: ({ aggregateId, data }) => ({ id: aggregateId, notes: [data.item] }) })
  .update(
    Payment,
    {
      Noted: (order, { aggregateId, data }) => {
        if (data.text === 'broken') throw new Error('the note is broken')
        return { ...order, notes: [...order.notes, data.text], payment: { id: aggregateId } }
      },
    },
    { id: ({ data }) => data.orderId },
  )
  .remove(Order, ['Binned'])

/** Counts the notes of all payments: of its documents nothing leads to most of the streams. */
const Texts = projection('texts', { schema: z.object({ id: z.string(), count: z.int() }) }).upsert(
  Payment,
  { Noted: (before, { data }) => ({ id: data.text, count: (before?.count ?? 0) + 1 }) },
  { id: ({ data }) => data.text },
)

const definition = app('shop', { routes: {}, projections: [Orders, Texts] })

class Shop {
  readonly world: World
  readonly runtime: Runtime

  private constructor(world: World, runtime: Runtime) {
    this.world = world
    this.runtime = runtime
  }

  static async open(): Promise<Shop> {
    const world = await World.make()
    return new Shop(world, await world.start(definition))
  }

  /** Each a second after the one before. */
  async execute(...messages: readonly Parameters<Runtime['execute']>[0][]): Promise<void> {
    for (const message of messages) {
      await this.world.run(this.runtime.execute(message))
      await this.world.clock.advance(1000)
    }
    await this.world.run(this.runtime.settled())
  }

  history(name: string, id: string) {
    return this.world.run(this.runtime.operations.documentHistory(name, id))
  }
}

const place = (id: string, item: string) => Order.commands.place(id, { item })
const note = (id: string, orderId: string, text: string) => Payment.commands.note(id, { orderId, text })

describe('the history of a document', () => {
  test('shows it after each event of each stream that it was made from, in the order of time', async () => {
    const shop = await Shop.open()
    await shop.execute(
      place('a', 'tea'),
      place('b', 'milk'),
      note('p', 'a', '1'),
      note('p', 'b', '2'),
      note('p', 'a', '3'),
    )
    const { steps, ...told } = await shop.history('orders', 'a')
    expect(told).toEqual({ complete: true, omitted: 0 })
    expect(steps).toEqual([
      { ...at('order-a', 1, 'Placed', 0), document: { id: 'a', notes: ['tea'] } },
      { ...at('payment-p', 1, 'Noted', 2), document: { id: 'a', notes: ['tea', '1'], payment: { id: 'p' } } },
      { ...at('payment-p', 3, 'Noted', 4), document: { id: 'a', notes: ['tea', '1', '3'], payment: { id: 'p' } } },
    ])
  })

  test('shows what had to wait for it, when it appears', async () => {
    const shop = await Shop.open()
    await shop.execute(note('p', 'a', 'early'), place('a', 'tea'))
    const { steps, complete } = await shop.history('orders', 'a')
    expect(complete).toBe(true)
    expect(steps.map(({ document }) => document)).toEqual([
      null,
      { id: 'a', notes: ['tea', 'early'], payment: { id: 'p' } },
    ])
  })

  test('goes on behind its removal', async () => {
    const shop = await Shop.open()
    await shop.execute(place('a', 'tea'), Order.commands.bin('a', {}))
    const binned = await shop.history('orders', 'a')
    expect(binned.complete).toBe(true)
    expect(binned.steps.map(({ document }) => document)).toEqual([{ id: 'a', notes: ['tea'] }, null])
    await shop.execute(place('a', 'coffee'))
    expect((await shop.history('orders', 'a')).steps.at(-1)?.document).toEqual({ id: 'a', notes: ['coffee'] })
  })

  test('says which event failed and why, and which wait behind it', async () => {
    const shop = await Shop.open()
    await shop.execute(place('a', 'tea'), note('p', 'a', '1'), note('p', 'a', 'broken'), note('p', 'a', '3'))
    const { steps, complete } = await shop.history('orders', 'a')
    expect(complete).toBe(true)
    expect(steps.map(({ version, fault, error }) => [version, fault, error])).toEqual([
      [1, undefined, undefined],
      [1, undefined, undefined],
      [2, 'failed', 'the note is broken'],
      [3, 'waiting', 'it waits behind an event of its stream that has failed'],
    ])
    const order = { reason: 'a joke', actor: 'operator:x' }
    await shop.world.run(shop.runtime.operations.discard('orders', { stream: 'payment-p' }, order))
    await shop.world.run(shop.runtime.settled())
    const mended = await shop.history('orders', 'a')
    expect(mended.complete).toBe(true)
    expect(mended.steps.map(({ fault }) => fault)).toEqual([undefined, undefined, 'discarded', undefined])
    expect(mended.steps.at(-1)).toMatchObject({ version: 3, document: { notes: ['tea', '1', '3'] } })
  })

  test('says when other streams have changed it, too', async () => {
    const shop = await Shop.open()
    await shop.execute(note('p', 'a', 'same'), note('q', 'b', 'same'), note('q', 'b', 'other'))
    expect(await shop.history('texts', 'same')).toMatchObject({ complete: false, steps: [{ document: { count: 1 } }] })
    expect((await shop.history('texts', 'other')).complete).toBe(true)
  })

  test('shows an event that cannot be read', async () => {
    const shop = await Shop.open()
    await shop.execute(place('a', 'tea'))
    await shop.world.raw('order-a', 1, 'no commit')
    expect((await shop.history('orders', 'a')).steps.at(-1)).toMatchObject({
      version: 2,
      document: { id: 'a' },
      error: expect.stringContaining('cannot be read'),
    })
  })

  test('has its last thousand steps, when there are more', async () => {
    const shop = await Shop.open()
    await shop.world.run(Promise.all(Array.from({ length: 1200 }, () => shop.runtime.execute(note('p', 'a', 'same')))))
    await shop.world.run(shop.runtime.settled())
    const { steps, omitted, complete } = await shop.history('texts', 'same')
    expect([steps.length, omitted, complete]).toEqual([1000, 200, true])
    expect(steps.at(-1)?.document).toEqual({ id: 'same', count: 1200 })
  })

  test('is not there for what never was', async () => {
    const shop = await Shop.open()
    await expect(shop.history('orders', 'a')).rejects.toMatchObject({ code: 'not-found' })
    await expect(shop.history('orders', '\0')).rejects.toMatchObject({ code: 'not-found' })
    await expect(shop.history('order', 'a')).rejects.toMatchObject({ code: 'unknown-consumer' })
  })
})

function at(stream: string, version: number, type: string, second: number) {
  return { stream, version, type, recordedAt: `2030-01-01T00:00:0${second}.000Z` }
}
