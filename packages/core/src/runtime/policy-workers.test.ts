import { describe, expect, test } from 'vitest'
import { policy } from '../definitions/index.ts'
import { type AppendResult, silentLogger } from '../ports/index.ts'
import { doJob, Order, PolicyWorld, place } from './policy-shop.fixture.ts'
import { broken, gate } from './world.fixture.ts'

const doIt = policy('do-it').on(Order, { Placed: ({ aggregateId, data }) => doJob(aggregateId, data.n) })

describe('streams', () => {
  test('G2 each is reacted to in its order, however long it is, and wherever its pages end', async () => {
    const shop = await PolicyWorld.start(doIt, {
      faults: { events: (events) => ({ readFeed: (cursor) => events.readFeed(cursor, 7) }) },
    })
    const numbers = Array.from({ length: 500 }, (_, index) => index + 1000)
    await shop.world.run(Promise.all(numbers.map((n) => shop.runtime.execute(place('a', n)))))
    await shop.settle()
    expect(await shop.jobs()).toEqual(numbers.map((n) => ['a', n]))
  })

  test('one that is slow holds up none of the others, and its own events wait', async () => {
    const { opened, open } = gate()
    const slow = policy('slow').on(Order, {
      Placed: async ({ aggregateId, data }) => {
        if (aggregateId === 'slow' && data.n === 1) await opened
        return doJob(aggregateId, data.n)
      },
    })
    const shop = await PolicyWorld.start(slow)
    await shop.execute(place('slow', 1), place('slow', 2), ...Array.from({ length: 300 }, (_, n) => place(`${n}`)))
    await shop.world.clock.advance(1000)
    expect(await shop.jobs()).toHaveLength(300)
    open()
    await shop.settle()
    expect((await shop.jobs()).slice(300)).toEqual([
      ['slow', 1],
      ['slow', 2],
    ])
  })

  test('only so many are under way at a time; the others get their turn', async () => {
    let underWay = 0
    let most = 0
    const slow = policy('slow').on(Order, {
      Placed: async ({ aggregateId }) => {
        most = Math.max(most, ++underWay)
        await new Promise<void>((resolve) => shop.world.clock.after(100, resolve))
        underWay -= 1
        return doJob(aggregateId)
      },
    })
    const shop = await PolicyWorld.start(slow)
    await shop.settle(...Array.from({ length: 700 }, (_, n) => place(`${n}`)))
    expect(await shop.jobs()).toHaveLength(700)
    expect(most).toBeLessThanOrEqual(256)
  })
})

test('while more streams wait than can be taken on, the feed is read no further', async () => {
  const { opened, open } = gate()
  const slow = policy('slow').on(Order, { Placed: ({ aggregateId }) => opened.then(() => doJob(aggregateId)) })
  const shop = await PolicyWorld.start(slow, {
    faults: { events: (events) => ({ readFeed: (cursor) => events.readFeed(cursor, 10) }) },
  })
  await shop.execute(...Array.from({ length: 600 }, (_, n) => place(`${n}`)))
  await shop.world.clock.advance(1000)
  const [status] = await shop.runtime.operations.policies()
  expect(status?.lag).toBeGreaterThan(300)
  open()
  await shop.settle()
  expect(await shop.jobs()).toHaveLength(600)
})

describe('an event that fails', () => {
  const failing = (times: number, tries: number[] = [], attempts = 5) =>
    policy('failing', { attempts }).on(Order, {
      Placed: ({ aggregateId, data }, _, { attempt }) => {
        if (aggregateId === 'b') return doJob('b', data.n)
        tries.push(attempt)
        if (attempt <= times) throw new Error(`attempt ${attempt} failed`)
        return doJob(aggregateId, data.n)
      },
    })

  test('G10 is tried again after pauses that grow; what stands behind it waits', async () => {
    const tries: number[] = []
    const shop = await PolicyWorld.start(failing(4, tries))
    const start = shop.world.clock.now()
    await shop.settle(place('a', 1), place('a', 2), place('b', 3))
    expect(tries).toEqual([1, 2, 3, 4, 5, 1, 2, 3, 4, 5])
    expect(await shop.jobs()).toEqual([
      ['b', 3],
      ['a', 1],
      ['a', 2],
    ])
    expect(shop.world.clock.now() - start).toBeLessThan(2 * (100 + 200 + 400 + 800) + 200)
    expect(await shop.runtime.operations.deadLetters()).toEqual([])
  })

  test('G10 after its attempts parks its stream, and says so; others go on', async () => {
    const shop = await PolicyWorld.start(failing(9))
    await shop.settle(place('a', 1), place('a', 2), place('b', 3))
    expect(await shop.jobs()).toEqual([['b', 3]])
    expect(await shop.runtime.operations.policies()).toMatchObject([{ name: 'failing', parked: 1, pending: 0, lag: 0 }])
    expect(await shop.runtime.operations.deadLetters()).toMatchObject([
      { consumer: 'failing', kind: 'policy', stream: 'order-a', version: 1, attempts: 5, error: 'attempt 5 failed' },
    ])
    expect(await shop.runtime.readiness()).toEqual({ ready: true, reasons: [] })
  })

  test('is logged in a word at each attempt, and in full when its stream is parked', async () => {
    const lines: object[] = []
    const log = (fields: object) => lines.push(fields)
    const shop = await PolicyWorld.start(failing(9, [], 2), { logger: { ...silentLogger, warn: log, error: log } })
    await shop.settle(place('a', 1))
    const where = { app: 'shop', policy: 'failing', stream: 'order-a', version: 1 }
    expect(lines).toEqual([
      { ...where, attempts: 1, error: 'attempt 1 failed' },
      { ...where, attempts: 2, err: new Error('attempt 2 failed') },
    ])
  })

  test('G10 keeps count of its attempts over a restart', async () => {
    const tries: number[] = []
    const first = await PolicyWorld.start(failing(9, tries))
    await first.execute(place('a', 1))
    await first.world.clock.advance(30)
    await first.stop()
    const before = tries.length
    const second = await PolicyWorld.start(failing(9, tries), { world: first.world })
    await second.settle()
    expect(before).toBeLessThan(5)
    expect(tries).toEqual([1, 2, 3, 4, 5])
  })

  test('G10 is tried once more at the start of a process, since it may have been mended, and when it is retried', async () => {
    const first = await PolicyWorld.start(failing(9))
    await first.settle(place('a', 1), place('a', 2))
    await first.stop()
    const second = await PolicyWorld.start(failing(6), { world: first.world })
    await second.settle()
    expect(await second.runtime.operations.deadLetters()).toMatchObject([{ attempts: 6 }])
    expect(await second.world.run(second.runtime.operations.retry('failing', { stream: 'order-a' }))).toBe('applied')
    await second.settle()
    expect(await second.jobs()).toEqual([['a', 1]])
    expect(await second.runtime.operations.deadLetters()).toMatchObject([{ version: 2, attempts: 5 }])
  })

  test('G10 is parked again by a retry that fails, also when more attempts are allowed now', async () => {
    const first = await PolicyWorld.start(failing(9))
    await first.settle(place('a', 1))
    await first.stop()
    const second = await PolicyWorld.start(failing(8, [], 50), { world: first.world })
    await second.settle()
    const retry = () => second.world.run(second.runtime.operations.retry('failing', { stream: 'order-a' }))
    expect(await retry()).toBe('parked')
    expect(await second.runtime.operations.deadLetters()).toMatchObject([{ attempts: 7 }])
    expect(await retry()).toBe('parked')
    expect(await retry()).toBe('applied')
  })

  test('G10 can be given up, and what stood behind it goes on', async () => {
    const shop = await PolicyWorld.start(
      policy('picky', { attempts: 1 }).on(Order, {
        Placed: ({ aggregateId, data }) => {
          if (data.n === 1) throw new Error('not that one')
          return doJob(aggregateId, data.n)
        },
      }),
    )
    await shop.settle(place('a', 1), place('a', 2))
    const order = { reason: 'a test order', actor: 'ada' }
    await expect(shop.runtime.operations.discard('picky', { stream: 'order-b' }, order)).rejects.toMatchObject({
      code: 'no-dead-letter',
    })
    await shop.world.run(shop.runtime.operations.discard('picky', { stream: 'order-a' }, order))
    await shop.settle()
    expect(await shop.jobs()).toEqual([['a', 2]])
    expect(await shop.runtime.operations.discarded()).toMatchObject([
      { consumer: 'picky', kind: 'policy', stream: 'order-a', version: 1, error: 'not that one', ...order },
    ])
  })
})

describe('a handler that takes too long', () => {
  test('is told, fails, and is not listened to any more', async () => {
    const signals: AbortSignal[] = []
    const { opened, open } = gate()
    const late = policy('late', { timeout: '2 seconds', attempts: 2 }).on(Order, {
      Placed: async ({ aggregateId }, _, { signal }) => {
        signals.push(signal)
        await opened
        return doJob(aggregateId)
      },
    })
    const shop = await PolicyWorld.start(late)
    await shop.execute(place('a'))
    await shop.world.clock.advance(1990)
    expect(signals.map(({ aborted }) => aborted)).toEqual([false])
    await shop.settle()
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true])
    expect(await shop.runtime.operations.deadLetters()).toMatchObject([
      { attempts: 2, error: 'the handler took longer than 2000 ms, its time limit' },
    ])
    open()
    await shop.settle()
    expect(await shop.jobs()).toEqual([])
  })
})

describe('while the store cannot be used', () => {
  test('nothing counts as an attempt, and no handler is called again', async () => {
    let calls = 0
    let isBroken = false
    const once = policy('once', { attempts: 1 }).on(Order, {
      Placed: ({ aggregateId }) => {
        calls += 1
        isBroken = true
        return doJob(aggregateId)
      },
    })
    const shop = await PolicyWorld.start(once, {
      faults: {
        events: (events) => ({
          append: (group): Promise<AppendResult[]> => (isBroken ? broken() : events.append(group)),
        }),
      },
    })
    await shop.execute(place('a'))
    await shop.world.clock.advance(20_000)
    isBroken = false
    await shop.settle()
    expect(calls).toBe(1)
    expect(await shop.jobs()).toEqual([['a', 1]])
  })
})
