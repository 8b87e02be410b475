import { expect, test } from 'vitest'
import { duration, elapsed, fromNow, localTime } from './times.ts'

test.each([
  [0.2, '1 s'],
  [59, '59 s'],
  [60, '1 min'],
  [200, '3 min 20 s'],
  [7500, '2 h 5 min'],
  [86_400, '1 d'],
  [273_600, '3 d 4 h'],
])('%d seconds are %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text)
})

test.each([
  [0, '+0 ms'],
  [12.4, '+12 ms'],
  [3210, '+3.21 s'],
  [-5, '−5 ms'],
  [125_000, '+2 min 5 s'],
])('%d milliseconds later is %s', (milliseconds, text) => {
  expect(elapsed(milliseconds)).toBe(text)
})

test('a timer counts down, and what was is ago', () => {
  expect(fromNow(200_000, 0)).toBe('in 3 min 20 s')
  expect(fromNow(500, 0)).toBe('now')
  expect(fromNow(0, 5900)).toBe('5 s ago')
})

test('times are of the zone, with the day when it is another', () => {
  const now = Date.parse('2031-05-02T20:00:00Z')
  expect(localTime('2031-05-02T09:30:00.007Z', { now, zone: 'Europe/Berlin' })).toBe('11:30:00.007')
  expect(localTime('2031-05-02T23:30:00Z', { now, zone: 'Europe/Berlin' })).toBe('2031-05-03 01:30:00.000')
  expect(localTime('never', { now })).toBe('never')
})
