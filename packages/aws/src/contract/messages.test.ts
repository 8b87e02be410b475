import { expect, test } from 'vitest'
import { decodeDoorbell, encodeDoorbell, pageRing, sweepRing } from './doorbell.ts'
import { consumerOf, decodeApps, encodeApps, parseConsumer } from './environment.ts'
import { delaySecondsUntil } from './timer-message.ts'

test('doorbells come as they were sent', () => {
  for (const doorbell of [{ app: 'coffee' }, { app: 'coffee', lane: 0 }, { app: 'coffee', lane: 3, page: 12 }]) {
    expect(decodeDoorbell(encodeDoorbell(doorbell))).toEqual(doorbell)
  }
  expect(() => decodeDoorbell('{"lane":1}')).toThrow('This is no doorbell')
})

test('each aggregate of a page is rung for once; the sweep rings once a minute, past a group that waits', () => {
  const ring = pageRing('projections', 2, 7, 'order')
  expect(ring).toEqual({ group: 'lane-2', deduplicationId: 'projections-2-7-order' })
  expect(ring).not.toEqual(pageRing('projections', 2, 7, 'payment'))
  expect(sweepRing(2, 120_000)).toEqual(sweepRing(2, 179_999))
  expect(sweepRing(2, 120_000)).not.toEqual(sweepRing(2, 180_000))
  expect(sweepRing(2, 0).group).not.toBe(ring.group)
})

test('policies are called one after the other, whatever lane is rung', () => {
  const [one, other] = [1, 2].map((lane) => pageRing('policies', lane, 7, 'order'))
  expect(one?.group).toBe(other?.group)
  expect(one?.deduplicationId).not.toBe(other?.deduplicationId)
})

test('places of applications and names of consumers come as they were set', () => {
  const places = { coffee: { base: '', events: 'weir-coffee-events', index: 'weir-coffee-index' } }
  expect(decodeApps(encodeApps(places))).toEqual(places)
  expect(parseConsumer(consumerOf('coffee', 'orders'))).toEqual({ app: 'coffee', name: 'orders' })
  for (const faulty of [undefined, '', '[]', 'null', '{'])
    expect(() => decodeApps(faulty)).toThrow('WEIR_APPS has to be')
  for (const faulty of [undefined, '', 'coffee', 'a/b/c'])
    expect(() => parseConsumer(faulty)).toThrow('WEIR_CONSUMER has')
})

test('a timer waits in its queue for a quarter of an hour at most', () => {
  expect(delaySecondsUntil(10_500, 10_000)).toBe(1)
  expect(delaySecondsUntil(5_000, 10_000)).toBe(0)
  expect(delaySecondsUntil(900_000, 0)).toBe(900)
  expect(delaySecondsUntil(900_001, 0)).toBeUndefined()
})
