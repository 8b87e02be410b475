import { expect, test } from 'vitest'
import { virtualClock } from '../testing/index.ts'
import { ConsideratePace, paceOnCall, servingPace } from './pace.ts'

const idle = () => false

test('a rebuild begins with small batches, and makes them larger for as long as they are quick', () => {
  const pace = new ConsideratePace(virtualClock(), idle)
  const limits = [0, 1, 0, 2, 0, 0, 0].map((milliseconds) => {
    pace.took(milliseconds)
    return pace.limit
  })
  expect(limits).toEqual([100, 200, 400, 600, 1200, 2000, 2000])
})

test('batches that keep others waiting are made smaller, down to a size at which a rebuild still gets on', () => {
  const pace = new ConsideratePace(virtualClock(), idle)
  for (let turn = 0; turn < 9; turn += 1) pace.took(0)
  const limits = [3, 4, 12, 500, 500, 500, 500, 500].map((milliseconds) => {
    pace.took(milliseconds)
    return pace.limit
  })
  expect(limits).toEqual([2000, 1500, 750, 375, 188, 94, 50, 50])
})

test('a call has batches after which it can end in time', () => {
  const pace = paceOnCall(virtualClock())
  const limits = [0, 0, 0, 0, 0, 0, 1000, 500, 5000].map((milliseconds) => {
    pace.took(milliseconds)
    return pace.limit
  })
  expect(limits).toEqual([100, 200, 400, 800, 1600, 2000, 1000, 1000, 500])
})

test('a rebuild waits while commands are under way, but not for ever', async () => {
  const clock = virtualClock()
  const start = clock.now()
  const waitedFor = async (busy: number) => {
    const before = clock.now()
    let asked = 0
    await clock.run(new ConsideratePace(clock, () => asked++ < busy).pause())
    return clock.now() - before
  }
  expect([await waitedFor(0), await waitedFor(2), await waitedFor(1000)]).toEqual([0, 2, 5])
  await clock.run(servingPace(clock).pause())
  expect(clock.now() - start).toBe(7)
})
