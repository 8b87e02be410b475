import { expect, test } from 'vitest'
import { count, counted, duration, percent } from './words.ts'

test('numbers read well', () => {
  expect([count(1_234_567), counted(1, 'event'), counted(0, 'event')]).toEqual(['1,234,567', '1 event', '0 events'])
})

test.each([
  [0.2, '1 s'],
  [59, '59 s'],
  [61, '1 min 1 s'],
  [7500, '2 h 5 min'],
])('%d seconds are %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text)
})

test('there are 100 percent only when all is done', () => {
  expect([percent(0, 0), percent(999, 1000), percent(1000, 1000)]).toEqual([100, 99, 100])
})
