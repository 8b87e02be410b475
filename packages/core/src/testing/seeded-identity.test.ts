import { identityLaws } from '@weir/conformance'
import { describe, expect, test } from 'vitest'
import { seededIdentity } from './seeded-identity.ts'
import { virtualClock } from './virtual-clock.ts'

identityLaws('seeded', () => seededIdentity(7, virtualClock()))

describe('a seeded identity', () => {
  const sample = (seed: number) => {
    const { newId, random } = seededIdentity(seed, virtualClock(0))
    return Array.from({ length: 20 }, () => [newId(), random()])
  }

  test('gives the same ids and numbers from the same seed, and others from another', () => {
    expect(sample(1)).toEqual(sample(1))
    expect(sample(1)).not.toEqual(sample(2))
  })

  test('puts the time of its clock into ids, so that they stay in order as it goes on', async () => {
    const clock = virtualClock('2030-01-01T00:00:00Z')
    const { newId } = seededIdentity(1, clock)
    const first = newId()
    await clock.advance(1)
    const second = newId()
    expect(Number.parseInt(first.replace('-', '').slice(0, 12), 16)).toBe(Date.parse('2030-01-01T00:00:00Z'))
    expect(first < second).toBe(true)
  })
})
