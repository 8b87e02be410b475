import { expect, test } from 'vitest'
import type { ProjectionStatus } from 'weir/runtime'
import { StalledRebuilds } from './stalled.ts'

const orders = (state: string, done = 7, generation = 2) =>
  ({ name: 'orders', rebuild: { state, done, generation } }) as ProjectionStatus

/** What is found in looks, minute by minute. */
function lookedAt(...statuses: ProjectionStatus[]): boolean[] {
  const stalled = new StalledRebuilds()
  return statuses.map((status) => stalled.look('cafe', [status]).includes('orders'))
}

const times = (count: number, status: ProjectionStatus) => Array<ProjectionStatus>(count).fill(status)

test('a rebuild that stands still for five minutes has nobody who works on it; so it is again after five more', () => {
  const found = lookedAt(...times(10, orders('running')))
  expect(found.flatMap((isFound, minute) => (isFound ? [minute + 1] : []))).toEqual([5, 10])
})

test('one that moves is worked on', () => {
  expect(lookedAt(...Array.from({ length: 12 }, (_, minute) => orders('running', minute)))).not.toContain(true)
  expect(
    lookedAt(...times(4, orders('running')), orders('running', 8), ...times(3, orders('running', 8))),
  ).not.toContain(true)
})

test.each(['blocked', 'stopped', 'done', 'failed', 'cancelled'])('one that is %s waits for somebody else', (state) => {
  expect(lookedAt(...times(4, orders('running')), ...times(9, orders(state)))).not.toContain(true)
})
