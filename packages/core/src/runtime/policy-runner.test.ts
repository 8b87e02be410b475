import { describe, expect, test } from 'vitest'
import { policy } from '../definitions/index.ts'
import type { Changes } from '../ports/index.ts'
import { doJob, Job, Order, PolicyWorld, place } from './policy-shop.fixture.ts'
import { broken, type Faults, gate } from './world.fixture.ts'

const doIt = policy('do-it').on(Order, { Placed: ({ aggregateId, data }) => doJob(aggregateId, data.n) })

/** Looks at what is saved. */
const recorded = (saved: Changes[]): Faults => ({
  readModels: (readModels) => ({
    save: async (generation, lease, changes) => {
      const outcome = await readModels.save(generation, lease, changes)
      saved.push(changes)
      return outcome
    },
  }),
})

describe('a policy that is added', () => {
  test('begins at the end of the feed', async () => {
    const before = await PolicyWorld.start([])
    await before.settle(place('a', 1))
    await before.stop()
    const shop = await PolicyWorld.start(doIt, { world: before.world })
    await shop.settle(place('a', 2))
    expect(await shop.jobs()).toEqual([['a', 2]])
  })

  test('begins with all of history if it says so, and never goes through it twice', async () => {
    const before = await PolicyWorld.start([])
    await before.settle(place('a', 1))
    await before.stop()
    let calls = 0
    const all = policy('all', { from: 'start' }).on(Order, {
      Placed: ({ aggregateId, data }) => {
        calls += 1
        return doJob(aggregateId, data.n)
      },
    })
    for (const n of [2, 3]) {
      const shop = await PolicyWorld.start(all, { world: before.world })
      await shop.settle(place('a', n))
      await shop.stop()
    }
    expect(await before.jobs()).toEqual([
      ['a', 1],
      ['a', 2],
      ['a', 3],
    ])
    expect(calls).toBe(3)
  })

  test('knows what was recorded while it was away', async () => {
    const first = await PolicyWorld.start(doIt)
    await first.stop()
    const meanwhile = await PolicyWorld.start([], { world: first.world })
    await meanwhile.execute(place('a', 1))
    await meanwhile.stop()
    const second = await PolicyWorld.start(doIt, { world: first.world })
    await second.settle()
    expect(await second.jobs()).toEqual([['a', 1]])
  })
})

describe('settled', () => {
  test('waits for what follows, and for what follows from that', async () => {
    const note = policy('note').on(Job, {
      Done: ({ aggregateId, data }) => (data.n < 5 ? Order.commands.place(aggregateId, { n: data.n + 1 }) : undefined),
    })
    const shop = await PolicyWorld.start([doIt, note])
    await shop.settle(place('a', 1))
    expect(await shop.jobs()).toEqual([1, 2, 3, 4, 5].map((n) => ['a', n]))
  })
})

describe('what is saved', () => {
  test('is little: many events share one save, and a feed without events for the policy costs next to nothing', async () => {
    const saved: Changes[] = []
    const shop = await PolicyWorld.start(doIt, { faults: recorded(saved) })
    await shop.world.run(Promise.all(Array.from({ length: 400 }, (_, n) => shop.runtime.execute(place(`${n}`)))))
    await shop.settle()
    expect(saved.length).toBeLessThan(20)
    saved.length = 0
    for (let n = 0; n < 100; n += 1) {
      await shop.execute(Order.commands.note('a', { n }))
      await shop.world.clock.advance(20)
    }
    expect(saved.length).toBeLessThanOrEqual(3)
  })

  test('G3 is all that is under way, though its handlers have not come to an end', async () => {
    const slow = policy('slow').on(Order, { Placed: () => new Promise(() => {}) })
    const first = await PolicyWorld.start(slow)
    await first.execute(place('a', 1), place('b', 2))
    await first.world.clock.advance(100)
    // The first process just ceases to do anything.
    const second = await PolicyWorld.start(policy('slow').on(Order, doItReactions), { world: first.world })
    await second.settle()
    expect((await second.jobs()).sort()).toEqual([
      ['a', 1],
      ['b', 2],
    ])
  })

  const doItReactions = {
    Placed: ({ aggregateId, data }: { aggregateId: string; data: { n: number } }) => doJob(aggregateId, data.n),
  }
})

test('what is recorded while a stream is read for what was left is reacted to once, when the feed gives it', async () => {
  const first = await PolicyWorld.start(policy('late').on(Order, { Placed: () => new Promise(() => {}) }))
  await first.execute(place('a', 1))
  await first.world.clock.advance(100)
  const calls: number[] = []
  const { opened, open } = gate()
  const late = policy('late').on(Order, { Placed: ({ data }) => void calls.push(data.n) })
  const second = await PolicyWorld.start(late, {
    world: first.world,
    faults: { events: (events) => ({ readFeed: (...place) => opened.then(() => events.readFeed(...place)) }) },
  })
  await second.execute(place('a', 2))
  await second.world.clock.advance(100)
  expect(calls).toEqual([1])
  open()
  await second.settle()
  expect(calls).toEqual([1, 2])
})

describe('when the application stops', () => {
  test('handlers in hand are told, may finish, and are not called again', async () => {
    const calls: string[] = []
    const polite = policy('polite').on(Order, {
      Placed: ({ aggregateId, data }, _, { signal }) => {
        calls.push(aggregateId)
        return new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve(doJob(aggregateId, data.n)))
        })
      },
    })
    const first = await PolicyWorld.start(polite)
    await first.execute(place('a', 1), place('a', 2))
    await first.world.clock.settle()
    await first.stop()
    expect(await first.jobs()).toEqual([['a', 1]])
    const second = await PolicyWorld.start(doIt, { world: first.world })
    await second.stop()
    expect(calls).toEqual(['a'])
  })

  test('what fails then has not failed, and is handled when it starts again', async () => {
    let isSecond = false
    const rude = policy('rude', { attempts: 1 }).on(Order, {
      Placed: ({ aggregateId, data }, _, { signal, attempt }) => {
        if (isSecond) return doJob(aggregateId, attempt)
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error(`${data.n}`))))
      },
    })
    const first = await PolicyWorld.start(rude)
    await first.execute(place('a', 1))
    await first.world.clock.settle()
    await first.stop()
    isSecond = true
    const second = await PolicyWorld.start(rude, { world: first.world })
    await second.settle()
    expect(await second.jobs()).toEqual([['a', 1]])
  })

  test('one that does not come to its end is not waited for longer than some seconds', async () => {
    const stuck = policy('stuck').on(Order, { Placed: () => new Promise(() => {}) })
    const shop = await PolicyWorld.start(stuck)
    await shop.execute(place('a'))
    await shop.world.clock.settle()
    const before = shop.world.clock.now()
    await shop.stop()
    expect(shop.world.clock.now() - before).toBeLessThanOrEqual(3000)
  })

  test('nothing is done any more', async () => {
    let calls = 0
    const shop = await PolicyWorld.start(doIt, {
      faults: {
        events: (events) => ({
          readFeed: (...place) => {
            calls += 1
            return events.readFeed(...place)
          },
        }),
      },
    })
    await shop.settle(place('a'))
    await shop.stop()
    const before = calls
    await shop.world.clock.advance(3_600_000)
    expect(calls).toBe(before)
  })

  test('a store that cannot save does not keep it from stopping', async () => {
    let isBroken = false
    const shop = await PolicyWorld.start(doIt, {
      faults: { readModels: (store) => ({ save: (...saved) => (isBroken ? broken() : store.save(...saved)) }) },
    })
    isBroken = true
    await shop.execute(place('a'))
    await shop.world.clock.advance(200)
    await shop.stop()
    expect(shop.world.clock.now()).toBeLessThan(Date.parse('2030-01-01T00:00:10Z'))
  })
})
