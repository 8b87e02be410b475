import { describe, expect, test } from 'vitest'
import { after, cancel, policy } from '../definitions/index.ts'
import { silentLogger } from '../ports/index.ts'
import { doJob, Order, PolicyWorld, place } from './policy-shop.fixture.ts'
import { broken, type Faults, gate } from './world.fixture.ts'

/** Does the job of an order a second later: 666 fails, and a note replaces or cancels it. */
const later = policy('later', { attempts: 1 }).on(Order, {
  Placed: ({ aggregateId: key, data }) => after('1 second', doJob(key, data.n), { key }),
  Noted: ({ aggregateId: key, data }) => (data.n === 0 ? cancel(key) : after('1 second', doJob(key, data.n), { key })),
})
const address = { stream: 'order-a', timer: 'a' }
const order = { reason: 'nobody needs it', actor: 'ada' }

async function withDeadTimer(faults: Faults = {}): Promise<PolicyWorld> {
  const shop = await PolicyWorld.start(later, { faults })
  await shop.settle(place('a', 666))
  await shop.world.clock.advance(2000)
  return shop
}

describe('a timer whose command has failed for good', () => {
  test('G10 is not given up when another one has taken its place, though that is not saved yet', async () => {
    let isBroken = false
    const shop = await withDeadTimer({
      readModels: (store) => ({ save: (...saved) => (isBroken ? broken() : store.save(...saved)) }),
    })
    isBroken = true
    await shop.execute(Order.commands.note('a', { n: 1 }))
    await shop.world.clock.advance(10)
    const given = expect(shop.runtime.operations.discard('later', address, order)).rejects.toMatchObject({
      code: 'no-dead-letter',
    })
    await shop.world.clock.advance(10)
    isBroken = false
    await shop.world.run(given)
    await shop.world.clock.advance(60_000)
    expect(await shop.jobs()).toEqual([['a', 1]])
    expect(await shop.runtime.operations.discarded()).toEqual([])
  })

  test('is logged in a word at each attempt, and in full at the last', async () => {
    const lines: object[] = []
    const log = (fields: object) => lines.push(fields)
    const twice = policy('later', { attempts: 2 }).on(Order, {
      Placed: ({ aggregateId: key, data }) => after('1 second', doJob(key, data.n), { key }),
    })
    const shop = await PolicyWorld.start(twice, { logger: { ...silentLogger, warn: log, error: log } })
    await shop.settle(place('a', 666))
    await shop.world.clock.advance(10_000)
    const where = { app: 'shop', policy: 'later', timer: 'a' }
    expect(lines).toEqual([
      { ...where, attempts: 1, error: expect.any(String) },
      { ...where, attempts: 2, err: expect.any(Error) },
    ])
  })

  test('G10 is tried by one at a time, and not given up meanwhile', async () => {
    const { opened, open } = gate()
    let isHeld = false
    const shop = await withDeadTimer({
      events: (events) => ({
        findCommand: async (id) => {
          if (isHeld) await opened
          return events.findCommand(id)
        },
      }),
    })
    isHeld = true
    const { retry, discard, discarded, deadLetters } = shop.runtime.operations
    const first = retry('later', address)
    await expect(retry('later', address)).rejects.toMatchObject({ code: 'not-possible' })
    await expect(discard('later', address, order)).rejects.toMatchObject({ code: 'not-possible' })
    open()
    expect(await shop.world.run(first)).toBe('parked')
    expect(await deadLetters()).toMatchObject([{ attempts: 2 }])
    expect(await discarded()).toEqual([])
  })

  test('G10 is not said to be applied when it was cancelled before its command was executed', async () => {
    const { opened, open } = gate()
    let isHeld = false
    const shop = await withDeadTimer({
      readModels: (store) => ({
        get: async (...place) => {
          const found = await store.get(...place)
          if (isHeld) await opened
          return found
        },
      }),
    })
    isHeld = true
    const retried = expect(shop.runtime.operations.retry('later', address)).rejects.toMatchObject({
      code: 'no-dead-letter',
    })
    await shop.settle(Order.commands.note('a', { n: 0 }))
    open()
    await shop.world.run(retried)
  })

  test('G10 nor when it was cancelled while its command failed', async () => {
    const { opened, open } = gate()
    let isHeld = false
    const shop = await withDeadTimer({
      events: (events) => ({
        findCommand: async (id) => {
          if (isHeld) await opened
          return events.findCommand(id)
        },
      }),
    })
    isHeld = true
    const retried = expect(shop.runtime.operations.retry('later', address)).rejects.toMatchObject({
      code: 'not-possible',
    })
    await shop.execute(Order.commands.note('a', { n: 0 }))
    await shop.world.clock.advance(100)
    open()
    await shop.world.run(retried)
    expect(await shop.runtime.operations.deadLetters()).toEqual([])
  })
})

test('G10 of many timers that have failed each is counted, listed, and tried at the next start', async () => {
  const shop = await PolicyWorld.start(later)
  await shop.settle(...Array.from({ length: 1001 }, (_, n) => place(`o${n}`, 666)))
  await shop.world.clock.advance(10_000)
  expect(await shop.runtime.operations.policies()).toMatchObject([{ parked: 1001, timers: 0 }])
  expect(await shop.runtime.operations.deadLetters()).toHaveLength(1001)
  await shop.stop()
  const second = await PolicyWorld.start(later, { world: shop.world })
  await second.world.clock.advance(60_000)
  const letters = await second.runtime.operations.deadLetters()
  expect(letters.filter(({ attempts }) => attempts === 2)).toHaveLength(1001)
})
