import { describe, expect, test } from 'vitest'
import { after, policy } from '../definitions/index.ts'
import { doJob, Order, PolicyWorld, place } from './policy-shop.fixture.ts'
import { broken, type Faults, gate } from './world.fixture.ts'

const doIt = policy('do-it').on(Order, { Placed: ({ aggregateId, data }) => doJob(aggregateId, data.n) })

describe('a store that fails', () => {
  test('is a reason not to be ready, and is tried again with pauses until it is back', async () => {
    let isBroken = false
    let tries = 0
    const shop = await PolicyWorld.start(doIt, {
      faults: {
        events: (events) => ({
          readFeed: (...place) => {
            tries += 1
            return isBroken ? broken() : events.readFeed(...place)
          },
        }),
      },
    })
    isBroken = true
    tries = 0
    await shop.execute(place('a', 7))
    await shop.world.clock.advance(20_000)
    expect(tries).toBeGreaterThan(5)
    expect(tries).toBeLessThan(14)
    const reasons = ["policy 'do-it' cannot go on; see the log"]
    expect(await shop.runtime.readiness()).toEqual({ ready: false, reasons })
    expect(await shop.runtime.operations.policies()).toMatchObject([{ error: 'disk full' }])
    isBroken = false
    await shop.settle()
    expect(await shop.runtime.readiness()).toEqual({ ready: true, reasons: [] })
    expect(await shop.jobs()).toEqual([['a', 7]])
  })
})

test('a policy that is broken itself says so, and begins again from what was saved', async () => {
  let breaks = false
  const shop = await PolicyWorld.start(doIt, {
    faults: {
      events: (events) => ({
        readFeed: async (...place) => {
          const page = await events.readFeed(...place)
          return breaks ? { ...page, commits: undefined as never } : page
        },
      }),
    },
  })
  await shop.settle(place('a', 1))
  breaks = true
  await shop.execute(place('a', 2))
  await shop.world.clock.advance(1000)
  expect(await shop.runtime.readiness()).toMatchObject({ ready: false })
  breaks = false
  await shop.settle(place('a', 3))
  expect(await shop.runtime.readiness()).toMatchObject({ ready: true })
  expect(await shop.jobs()).toEqual([1, 2, 3].map((n) => ['a', n]))
})

describe('two processes', () => {
  test('one keeps the policy; the other stands by, and takes over when it can', async () => {
    const first = await PolicyWorld.start(doIt)
    const second = await PolicyWorld.start(doIt, { world: first.world })
    await first.execute(place('a', 1))
    await first.world.clock.advance(100)
    expect(await first.jobs()).toEqual([['a', 1]])
    expect(await first.runtime.operations.policies()).toMatchObject([{ error: "another process keeps 'do-it'" }])
    expect(await first.runtime.readiness()).toMatchObject({ ready: true })
    await expect(first.world.run(first.runtime.operations.retry('do-it', { stream: 'order-a' }))).rejects.toMatchObject(
      {
        code: 'no-dead-letter',
      },
    )
    await second.stop()
    await first.execute(place('a', 2))
    await first.world.clock.advance(10_000)
    expect(await first.jobs()).toEqual([
      ['a', 1],
      ['a', 2],
    ])
    expect(await first.runtime.operations.policies()).toMatchObject([{ error: undefined }])
  })

  test('what one finishes late, that another has replaced, is nothing to its own next turn', async () => {
    const { opened, open } = gate()
    const calls: string[] = []
    const late = policy('late').on(Order, {
      Placed: ({ aggregateId: key }) => {
        calls.push(key)
        return key === 'a' ? after('1 second', doJob('x'), { key }) : undefined
      },
    })
    let isHeld = true
    const findCommand: Faults['events'] = (events) => ({
      findCommand: async (id) => {
        const first = isHeld
        isHeld = false
        if (first) await opened
        return events.findCommand(id)
      },
    })
    const first = await PolicyWorld.start(late, { faults: { events: findCommand } })
    await first.execute(place('a'))
    await first.world.clock.advance(1100)
    const second = await PolicyWorld.start(late, { world: first.world })
    await first.execute(place('b'))
    await first.world.clock.advance(3000)
    await second.stop()
    await first.world.clock.advance(10_000)
    calls.length = 0
    open()
    await first.world.clock.advance(10)
    expect(await first.runtime.operations.policies()).toMatchObject([{ error: undefined }])
    await first.settle(place('c'), place('d'))
    expect(calls).toEqual(['c', 'd'])
    expect(await first.jobs()).toEqual([['x', 1]])
  })
})
