import { expect, test } from 'vitest'
import { Rate } from './rebuild-progress.ts'

const START = Date.parse('2030-01-01T00:00:00.500Z')

test('a rate is what happened a second, since it was begun', () => {
  const rate = new Rate(START)
  rate.add(100, START)
  rate.add(100, START + 1000)
  expect([rate.perSecond(START + 2000), rate.perSecond(START + 4000)]).toEqual([100, 50])
})

test('a rate forgets what was long ago', () => {
  const rate = new Rate(START)
  rate.add(1_000_000, START)
  for (let second = 1; second <= 30; second += 1) rate.add(20, START + second * 1000)
  expect(rate.perSecond(START + 30_000)).toBeGreaterThan(15)
  expect(rate.perSecond(START + 30_000)).toBeLessThan(25)
  expect(rate.perSecond(START + 60_000)).toBe(0)
})

test('at its very beginning a rate is a number', () => {
  expect(new Rate(START).perSecond(START)).toBe(0)
})

test('what is over has happened at a rate, too, which stays as it is', () => {
  const rate = new Rate(START)
  for (let second = 0; second < 40; second += 1) rate.add(50, START + second * 1000)
  expect(rate.average(START + 40_000)).toBe(50)
})
