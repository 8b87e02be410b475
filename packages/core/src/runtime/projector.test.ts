import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { type AnyProjection, type App, aggregate, app, projection } from '../definitions/index.ts'
import type { Changes } from '../ports/index.ts'
import { broken, type Faults, gate, World } from './world.fixture.ts'

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
      input: z.object({ order: z.string(), amount: z.int() }),
      decide: (_, data) => ({ type: 'Paid', data }),
    },
  })

const { place } = Order.commands
const { pay } = Payment.commands

const schema = z.object({ id: z.string(), paid: z.array(z.int()) })

/** Orders with what was paid for them, where amounts below `least` break the handler. */
function ordersThat(least: number): { readonly Orders: AnyProjection; readonly shop: App } {
  const Orders: AnyProjection = projection('orders', { schema })
    .create(Order, { Placed: ({ aggregateId }) => ({ id: aggregateId, paid: [] }) })
    .update(
      Payment,
      {
        Paid: (order, { data: { amount } }) => {
          if (amount < least) throw new Error(`${amount} is too little`)
          return { ...order, paid: [...order.paid, amount] }
        },
      },
      { id: ({ data }) => data.order },
    )
  return { Orders, shop: app('shop', { routes: {}, projections: [Orders], aggregates: [Order, Payment] }) }
}

const { Orders, shop } = ordersThat(0)

/** A shop whose read model store misbehaves. */
async function start(readModels?: Faults['readModels'], definition: App = shop) {
  const world = await World.make()
  const runtime = await world.start(definition, readModels ? { readModels } : {})
  await world.run(runtime.settled())
  const paid = async (orders = Orders) => (await runtime.get(orders, 'a')).document
  return { world, runtime, paid, run: <T>(work: Promise<T>) => world.run(work) }
}

/** Saves, except that the call with this number (from 1) fails, before or after it takes effect. */
function failingSave(which: number, when: 'before' | 'after', seen: Changes[] = []): Faults['readModels'] {
  let calls = 0
  return (readModels) => ({
    save: async (generation, lease, changes) => {
      calls += 1
      if (calls === which && when === 'before') await broken()
      const outcome = await readModels.save(generation, lease, changes)
      seen.push(changes)
      if (calls === which) await broken()
      return outcome
    },
  })
}

describe('after a batch that could not be saved', () => {
  test.each(['before', 'after'] as const)(
    'G3 a waiting event is applied once all the same, though a commit comes in the pause (%s the effect)',
    async (when) => {
      const { world, runtime, paid, run } = await start(failingSave(2, when))
      await run(runtime.execute(pay('p', { order: 'a', amount: 5 })))
      await run(runtime.settled())
      await run(runtime.execute(place('a', {})))
      await world.clock.settle()
      expect(await runtime.operations.projections()).toMatchObject([{ error: 'disk full' }])
      await run(runtime.execute(place('b', {})))
      await run(runtime.settled())
      expect(await paid()).toEqual({ id: 'a', paid: [5] })
      expect(await runtime.operations.projections()).toMatchObject([{ error: undefined, deferred: 0, parked: 0 }])
    },
  )

  test.each(['before', 'after'] as const)('G10 a failed event is parked all the same (%s the effect)', async (when) => {
    const { runtime, run } = await start(failingSave(2, when))
    await run(runtime.execute(place('a', {})))
    await run(runtime.settled())
    await run(runtime.execute(pay('p', { order: 'a', amount: -1 })))
    await run(runtime.execute(place('b', {})))
    await run(runtime.settled())
    expect(await runtime.operations.projections()).toMatchObject([{ parked: 1 }])
  })

  test('pauses grow, and commits do not cut them short', async () => {
    let tries = 0
    const { world, runtime, run } = await start(() => ({
      save: () => {
        tries += 1
        return broken()
      },
    }))
    for (let second = 0; second < 20; second += 1) {
      await run(runtime.execute(place(`order-${second}`, {})))
      await world.clock.advance(1000)
    }
    expect(tries).toBeGreaterThan(5)
    expect(tries).toBeLessThan(14)
  })
})

describe('a commit', () => {
  test('that comes while a batch is being saved is folded soon after it, without waiting for the next look', async () => {
    const { opened, open } = gate()
    let isSlow = false
    const { world, runtime, run } = await start((readModels) => ({
      save: async (...saved) => {
        if (isSlow) await opened
        return readModels.save(...saved)
      },
    }))
    isSlow = true
    await run(runtime.execute(place('a', {})))
    await world.clock.advance(10)
    await run(runtime.execute(place('b', {})))
    await world.clock.advance(10)
    open()
    await world.clock.advance(10)
    expect((await runtime.list(Orders)).documents).toHaveLength(2)
  })
})

describe('readers', () => {
  test('G8 do not take for reached what is still being saved', async () => {
    const { opened, open } = gate()
    let isSlow = false
    const { world, runtime, paid, run } = await start((readModels) => ({
      save: async (...saved) => {
        if (isSlow) await opened
        return readModels.save(...saved)
      },
    }))
    const outcome = await run(runtime.execute(pay('p', { order: 'a', amount: 5 })))
    const token = outcome.outcome === 'accepted' ? outcome.token : ''
    await run(runtime.settled())
    isSlow = true
    await run(runtime.execute(place('a', {})))
    await world.clock.settle()
    const read = runtime.get(Orders, 'a', { token })
    expect(await run(Promise.race([read, Promise.resolve('waits')]))).toBe('waits')
    open()
    expect(await run(read)).toMatchObject({ consistency: 'reached', document: { paid: [5] } })
    expect(await paid()).toEqual({ id: 'a', paid: [5] })
  })
})

describe('at a start', () => {
  const history = async (world: World, definition: App, ...amounts: readonly number[]) => {
    const runtime = await world.start(definition)
    for (const amount of amounts) await world.run(runtime.execute(pay('p', { order: 'a', amount })))
    await world.run(runtime.settled())
    await world.run(runtime.execute(place('a', {})))
    await world.run(runtime.settled())
    return runtime
  }

  test('G10 what failed is tried again, also what failed after having waited for its document', async () => {
    const world = await World.make()
    const strict = ordersThat(3)
    const first = await history(world, strict.shop, 5, 1, 7)
    await world.run(first.execute(pay('q', { order: 'a', amount: 2 })))
    await world.run(first.execute(pay('q', { order: 'a', amount: 9 })))
    await world.run(first.settled())
    expect(await first.operations.projections()).toMatchObject([{ parked: 2 }])
    expect(await first.get(strict.Orders, 'a')).toMatchObject({ document: { paid: [5] } })
    await world.run(first.stop())
    const mended = ordersThat(0)
    const second = await world.start(mended.shop)
    expect(await second.operations.projections()).toMatchObject([{ parked: 0, deferred: 0 }])
    expect(await second.get(mended.Orders, 'a')).toMatchObject({ document: { paid: [5, 1, 7, 2, 9] } })
  })

  test('that what failed cannot be tried again, for now, keeps nobody from starting', async () => {
    const world = await World.make()
    const first = await history(world, ordersThat(3).shop, 5, 1)
    await world.run(first.stop())
    const mended = ordersThat(0)
    const second = await world.start(mended.shop, { readModels: failingSave(1, 'before') })
    expect(await second.get(mended.Orders, 'a')).toMatchObject({ document: { paid: [5] } })
    await world.clock.advance(50)
    expect(await second.get(mended.Orders, 'a')).toMatchObject({ document: { paid: [5, 1] } })
    expect(await second.operations.projections()).toMatchObject([{ parked: 0, error: undefined }])
  })

  test('what fails again is parked where it was', async () => {
    const world = await World.make()
    const strict = ordersThat(3)
    const first = await history(world, strict.shop, 5, 1)
    await world.run(first.stop())
    const second = await world.start(strict.shop)
    expect(await second.operations.projections()).toMatchObject([{ parked: 1, deferred: 1 }])
    expect(await second.get(strict.Orders, 'a')).toMatchObject({ document: { paid: [5] } })
  })

  test('it is current when it has seen what was there, though more keeps coming', async () => {
    const world = await World.make()
    for (let index = 0; index < 20; index += 1) await world.behind(`order-${index}`, 0, 'Placed', {})
    let later = 100
    const events: Faults['events'] = (store) => ({
      readFeed: async (cursor) => {
        await world.behind(`order-${later++}`, 0, 'Placed', {})
        return store.readFeed(cursor, 10)
      },
    })
    const runtime = await world.start(shop, { events })
    for (let turn = 0; turn < 10 && !(await runtime.operations.projections())[0]?.current; turn += 1) {
      await world.run(new Promise((resolve) => world.clock.soon(() => resolve(turn))))
    }
    expect(await runtime.operations.projections()).toMatchObject([{ current: true }])
  })
})

describe('when it is stopped', () => {
  test('nothing is done any more, not even what it has just been woken for', async () => {
    let reads = 0
    const world = await World.make()
    const events: Faults['events'] = (store) => ({
      readFeed: (...place) => {
        reads += 1
        return store.readFeed(...place)
      },
    })
    const runtime = await world.start(shop, { events })
    await world.run(runtime.settled())
    await world.clock.settle()
    await world.run(runtime.execute(place('a', {})))
    const before = reads
    await world.run(runtime.stop())
    await world.clock.advance(60_000)
    expect(reads).toBe(before)
  })

  test('after a failure it does not open its read model again', async () => {
    let opened = 0
    const world = await World.make()
    const runtime = await world.start(shop, {
      readModels: (store) => ({
        save: broken,
        open: (model) => {
          opened += 1
          return store.open(model)
        },
      }),
    })
    await world.run(runtime.execute(place('a', {})))
    await world.clock.settle()
    await world.run(runtime.stop())
    await world.clock.advance(60_000)
    expect(opened).toBe(1)
  })
})
