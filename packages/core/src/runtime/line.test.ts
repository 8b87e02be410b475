import { expect, test } from 'vitest'
import { Line } from './line.ts'

const event = (version: number, error?: string) => ({
  stream: 'a-1',
  version,
  document: 'x',
  since: 0,
  error,
  attempts: 0,
})

test('events stand in version order, however they came', () => {
  const line = new Line()
  for (const version of [5, 2, 9, 1]) line.add(event(version))
  line.remove(2)
  expect(line.events().map(({ version }) => version)).toEqual([1, 5, 9])
})

test('nothing moves behind an event that failed, until that is gone', () => {
  const line = new Line()
  line.add(event(1))
  line.add(event(2))
  line.add(event(1, 'broken'))
  expect([line.canMove, line.events().map(({ error }) => error)]).toEqual([false, ['broken', undefined]])
  line.remove(1)
  expect(line.canMove).toBe(true)
  line.remove(2)
  expect([line.canMove, line.size]).toEqual([false, 0])
})
