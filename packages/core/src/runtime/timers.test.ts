import { describe, expect, test } from 'vitest'
import { after, cancel, policy } from '../definitions/index.ts'
import type { Clock } from '../ports/index.ts'
import { doJob, Order, PolicyWorld, place } from './policy-shop.fixture.ts'
import { gate, World } from './world.fixture.ts'

/** Does the job of an order a minute later, and puts it off with every further order. */
const later = policy('later', { attempts: 3 }).on(Order, {
  Placed: ({ aggregateId, data }) =>
    data.n === 0 ? cancel(aggregateId) : after('1 minute', doJob(aggregateId, data.n), { key: aggregateId }),
})

describe('a timer', () => {
  test('carries on what its event belongs to', async () => {
    const shop = await PolicyWorld.start(later)
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    await shop.world.run(
      shop.runtime.execute(place('a'), { commandId: 'first', correlationId: 'request', traceparent }),
    )
    await shop.world.clock.advance(61_000)
    const [placed, done] = await shop.events()
    expect(done).toMatchObject({
      causationId: placed?.id,
      correlationId: 'request',
      actor: 'policy:later',
      traceparent,
    })
    expect(done?.recordedAt.slice(0, 19)).toBe('2030-01-01T00:01:00')
  })

  test('counts from its event: one that is long due fires at once', async () => {
    const before = await PolicyWorld.start([])
    await before.execute(place('a'))
    await before.stop()
    await before.world.clock.advance(3_600_000)
    const all = policy('all', { from: 'start' }).on(Order, {
      Placed: () => after('1 minute', doJob('x'), { key: 'x' }),
    })
    const shop = await PolicyWorld.start(all, { world: before.world })
    await shop.world.clock.advance(1000)
    expect(await shop.jobs()).toEqual([['x', 1]])
  })

  test('that is further away than clocks can count fires in its time', async () => {
    const far = policy('far').on(Order, { Placed: () => after('60 days', doJob('x'), { key: 'x' }) })
    const world = await World.make()
    const waits: number[] = []
    const clock: Clock = {
      now: world.clock.now,
      soon: (callback) => world.clock.soon(callback),
      after: (milliseconds, callback) => {
        waits.push(milliseconds)
        return world.clock.after(milliseconds, callback)
      },
      stayAlive: () => world.clock.stayAlive(),
    }
    const shop = await PolicyWorld.start(far, { world, clock, pollInterval: 3_600_000 })
    await shop.settle(place('a'))
    await shop.world.clock.advance(59 * 86_400_000)
    expect(await shop.jobs()).toEqual([])
    await shop.world.clock.advance(2 * 86_400_000)
    expect(await shop.jobs()).toEqual([['x', 1]])
    expect(Math.max(...waits)).toBeLessThan(2 ** 31)
  })

  test('fires within a minute when the machine was asleep, or its clock was set forward', async () => {
    const slow = policy('slow').on(Order, { Placed: () => after('2 hours', doJob('x'), { key: 'x' }) })
    const world = await World.make()
    let slept = 0
    const clock: Clock = {
      now: () => world.clock.now() + slept,
      soon: (callback) => world.clock.soon(callback),
      after: (milliseconds, callback) => world.clock.after(milliseconds, callback),
      stayAlive: () => world.clock.stayAlive(),
    }
    const shop = await PolicyWorld.start(slow, { world, clock })
    await shop.settle(place('a'))
    await world.clock.advance(60_000)
    slept = 3 * 3_600_000
    await world.clock.advance(61_000)
    expect(await shop.jobs()).toEqual([['x', 1]])
  })

  test('that is cancelled while one before it is being fired does not fire', async () => {
    const { opened, open } = gate()
    let isHeld = false
    const line = policy('line').on(Order, {
      Placed: ({ aggregateId: key, data: { n } }) => (n ? after('1 minute', doJob('x', n), { key }) : cancel(key)),
    })
    const shop = await PolicyWorld.start(line, {
      faults: {
        events: (events) => ({
          findCommand: async (id) => {
            if (isHeld) await opened
            return events.findCommand(id)
          },
        }),
      },
    })
    await shop.settle(place('a', 1), place('b', 2))
    isHeld = true
    await shop.world.clock.advance(61_000)
    await shop.settle(place('b', 0))
    open()
    await shop.world.clock.advance(1000)
    expect(await shop.jobs()).toEqual([['x', 1]])
  })

  test('whose command is rejected is done', async () => {
    const shop = await PolicyWorld.start(later)
    await shop.settle(place('a', 13))
    await shop.world.clock.advance(120_000)
    expect(await shop.runtime.operations.policies()).toMatchObject([{ timers: 0 }])
    expect(await shop.runtime.operations.deadLetters()).toEqual([])
  })

  test('of many that are due none is forgotten', async () => {
    const shop = await PolicyWorld.start(later)
    await shop.settle(...Array.from({ length: 450 }, (_, n) => place(`o${n}`)))
    expect(await shop.runtime.operations.policies()).toMatchObject([{ timers: 450 }])
    await shop.world.clock.advance(120_000)
    expect(await shop.jobs()).toHaveLength(450)
    expect(await shop.runtime.operations.timers()).toEqual([])
  })

  test.each([
    ['cancelled', 0, []],
    ['replaced', 2, [['a', 2]]],
  ])('that is %s while due ones are being read does not fire', async (_, n, jobs) => {
    const { opened, open } = gate()
    let isHeld = false
    const shop = await PolicyWorld.start(later, {
      faults: {
        readModels: (readModels) => ({
          list: async (...query) => {
            const page = await readModels.list(...query)
            if (isHeld) await opened
            return page
          },
        }),
      },
    })
    await shop.settle(place('a', 1))
    isHeld = true
    await shop.world.clock.advance(60_500)
    await shop.settle(place('a', n))
    open()
    await shop.world.clock.advance(90_000)
    expect(await shop.jobs()).toEqual(jobs)
  })
})

describe('a timer whose command fails', () => {
  const broken = async () => {
    const shop = await PolicyWorld.start(later)
    await shop.settle(place('a', 666))
    await shop.world.clock.advance(120_000)
    return shop
  }

  test('G10 is tried several times, then kept as a dead letter', async () => {
    const shop = await broken()
    const { operations } = shop.runtime
    expect(await operations.withEvents(await operations.deadLetters())).toMatchObject([
      {
        consumer: 'later',
        stream: 'order-a',
        version: 1,
        timer: 'a',
        attempts: 3,
        error: 'this decision is broken',
        event: { type: 'Placed' },
      },
    ])
    expect(await shop.runtime.operations.timers()).toEqual([])
  })

  test('G10 is tried again when it is asked for, and at the next start', async () => {
    const shop = await broken()
    const address = { stream: 'order-a', timer: 'a' }
    expect(await shop.world.run(shop.runtime.operations.retry('later', address))).toBe('parked')
    expect(await shop.runtime.operations.deadLetters()).toMatchObject([{ attempts: 4 }])
    await shop.stop()
    const second = await PolicyWorld.start(later, { world: shop.world })
    await second.world.clock.advance(1000)
    expect(await second.runtime.operations.deadLetters()).toMatchObject([{ attempts: 5 }])
  })

  test('G10 can be given up', async () => {
    const shop = await broken()
    const order = { reason: 'nobody needs it', actor: 'ada' }
    const give = (timer: string) => shop.runtime.operations.discard('later', { stream: 'order-a', timer }, order)
    await expect(give('b')).rejects.toMatchObject({ code: 'no-dead-letter' })
    await shop.world.run(give('a'))
    expect(await shop.runtime.operations.deadLetters()).toEqual([])
    expect(await shop.runtime.operations.discarded()).toMatchObject([{ stream: 'order-a', document: 'a', ...order }])
  })

  test('gives way to another timer of its key', async () => {
    const shop = await broken()
    await shop.settle(place('a', 3))
    await shop.world.clock.advance(120_000)
    expect(await shop.jobs()).toEqual([['a', 3]])
    expect(await shop.runtime.operations.deadLetters()).toEqual([])
  })
})
