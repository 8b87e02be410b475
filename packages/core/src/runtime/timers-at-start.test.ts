import { expect, test } from 'vitest'
import { after, cancel, policy, type Reaction } from '../definitions/index.ts'
import { silentLogger } from '../ports/index.ts'
import { doJob, Order, PolicyWorld, place } from './policy-shop.fixture.ts'
import { gate, type World } from './world.fixture.ts'

const MINUTES = 60_000

/** Does the job of an order after a quarter of an hour, unless it is noted. */
const unlessNoted = (onNoted: (key: string) => Reaction | Promise<Reaction>, attempts = 10) =>
  policy('unless-noted', { attempts, timeout: '1 day' }).on(Order, {
    Placed: ({ aggregateId: key, data }) => after('15 minutes', doJob(key, data.n), { key }),
    Noted: ({ aggregateId: key }) => onNoted(key),
  })
const doUnlessNoted = unlessNoted(cancel)

/** A timer for `order`, and notes for others that were recorded while the policy was away; an hour later. */
async function away(order: { n: number }, ...notes: readonly string[]): Promise<World> {
  const shop = await PolicyWorld.start(unlessNoted(cancel, 1))
  await shop.settle(place('a', order.n))
  if (order.n === 666) await shop.world.clock.advance(20 * MINUTES)
  await shop.stop()
  const { world } = shop
  const other = await PolicyWorld.start([], { world })
  await other.execute(...notes.map((id) => Order.commands.note(id, { n: 1 })))
  await other.stop()
  await world.clock.advance(60 * MINUTES)
  return world
}

test('what was recorded while nobody was there cancels a timer that is due, however far away it is', async () => {
  const world = await away({ n: 1 }, ...Array.from({ length: 600 }, (_, n) => `${n}`), 'a')
  const shop = await PolicyWorld.start(doUnlessNoted, { world })
  await shop.settle()
  await world.clock.advance(5 * MINUTES)
  expect(await shop.jobs()).toEqual([])
  expect(await shop.runtime.operations.timers()).toEqual([])
})

test('also when its handler takes a while', async () => {
  const world = await away({ n: 1 }, 'a')
  const { opened, open } = gate()
  const shop = await PolicyWorld.start(
    unlessNoted((key) => opened.then(() => cancel(key))),
    { world },
  )
  await world.clock.advance(30_000)
  open()
  await shop.settle()
  await world.clock.advance(5 * MINUTES)
  expect(await shop.jobs()).toEqual([])
})

test('G10 also one whose command has failed for good', async () => {
  const world = await away({ n: 666 }, 'a')
  const errors: string[] = []
  const logger = { ...silentLogger, error: (_: object, message: string) => errors.push(message) }
  const shop = await PolicyWorld.start(doUnlessNoted, { world, logger })
  await shop.settle()
  await world.clock.advance(5 * MINUTES)
  expect(await shop.runtime.operations.deadLetters()).toEqual([])
  expect(errors).toEqual([])
})

test('a stream that keeps failing does not hold timers up', async () => {
  const world = await away({ n: 1 }, 'b')
  const failing = unlessNoted(() => {
    throw new Error('down')
  }, 1000)
  const shop = await PolicyWorld.start(failing, { world })
  await world.clock.advance(1000)
  expect(await shop.jobs()).toEqual([['a', 1]])
})

test('nor does one whose handler never answers, for longer than a minute', async () => {
  const world = await away({ n: 1 }, 'b')
  const shop = await PolicyWorld.start(
    unlessNoted(() => new Promise(() => {})),
    { world },
  )
  await world.clock.advance(MINUTES + 1000)
  expect(await shop.jobs()).toEqual([['a', 1]])
})

test('who stops before it has caught up waits for nothing', async () => {
  const world = await away({ n: 1 }, 'b')
  const shop = await PolicyWorld.start(doUnlessNoted, {
    world,
    faults: { events: () => ({ readFeed: () => Promise.reject(new Error('disk full')) }) },
  })
  const before = world.clock.now()
  await shop.stop()
  expect(world.clock.now() - before).toBeLessThan(100)
  expect(await shop.jobs()).toEqual([])
})
