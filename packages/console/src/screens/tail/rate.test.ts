import { expect, test } from 'vitest'
import { Rate } from './rate.ts'

test('the rate is that of the last five seconds', () => {
  const rate = new Rate()
  for (let now = 0; now < 10_000; now += 100) rate.count(now)
  expect(rate.at(10_000)).toBeCloseTo(9.5, 0)
  expect(rate.at(20_000)).toBe(0)
})
