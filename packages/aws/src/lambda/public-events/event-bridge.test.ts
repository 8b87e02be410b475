import { afterEach, expect, test } from 'vitest'
import type { PublicEvent } from 'weir'
import { type AwsCall, type FakeAws, fakeAws } from '../fake-aws.fixture.ts'
import { eventBridge } from './event-bridge.ts'

let aws: FakeAws
afterEach(() => aws.close())

const event = (version: number, drink = 'tea'): PublicEvent => ({
  id: `event-${version}`,
  type: 'Placed',
  source: 'cafe',
  aggregate: 'order',
  aggregateId: '7',
  version,
  recordedAt: '2026-03-10T05:16:23.000Z',
  data: { drink },
})

const { signal } = new AbortController()
const entriesOf = ({ input }: AwsCall) => input.Entries as Record<string, unknown>[]

/** A bus that takes what a test lets it take. */
async function busThat(takes: (call: AwsCall, entry: Record<string, unknown>) => boolean) {
  aws = await fakeAws(['EVENTBRIDGE'], (call) => {
    const Entries = entriesOf(call).map((entry) =>
      takes(call, entry) ? { EventId: '1' } : { ErrorCode: 'InternalFailure', ErrorMessage: 'not now' },
    )
    return { Entries, FailedEntryCount: Entries.filter(({ ErrorCode }) => ErrorCode).length }
  })
  return eventBridge('shared')
}

test('an event is put on the bus whole, under the names of its application and type', async () => {
  const bus = await busThat(() => true)
  await bus.publish([event(3)], { signal })
  const [entry] = aws.calls.flatMap(entriesOf)
  expect(entry).toMatchObject({ EventBusName: 'shared', Source: 'cafe', DetailType: 'Placed' })
  expect(JSON.parse(String(entry?.Detail))).toEqual(event(3))
})

test('ten go at a time, in their order', async () => {
  const bus = await busThat(() => true)
  const events = Array.from({ length: 23 }, (_, index) => event(index + 1))
  await bus.publish(events, { signal })
  expect(aws.calls.map((call) => entriesOf(call).length)).toEqual([10, 10, 3])
  expect(aws.calls.flatMap(entriesOf).map(({ Detail }) => JSON.parse(String(Detail)))).toEqual(events)
})

test('those that were not taken are sent again, alone', async () => {
  const refused = new Set(['event-2'])
  const bus = await busThat((_, { Detail }) => !refused.delete(JSON.parse(String(Detail)).id))
  await bus.publish([event(1), event(2)], { signal })
  const sent = aws.calls.map((call) => entriesOf(call).map(({ Detail }) => JSON.parse(String(Detail)).version))
  expect(sent).toEqual([[1, 2], [2]])
})

test('one that is never taken is an error, so that the policy tries again and parks it in the end', async () => {
  const bus = await busThat(() => false)
  await expect(bus.publish([event(1)], { signal })).rejects.toThrow('The bus shared did not take an event: not now')
})

test('a batch that would be too large is cut, and what is large goes alone', async () => {
  const bus = await busThat(() => true)
  const events = [100, 100_000, 100_000, 100_000, 100, 300_000, 100].map((size, index) =>
    event(index + 1, 'é'.repeat(size / 2)),
  )
  await bus.publish(events, { signal })
  const sent = aws.calls.map((call) => entriesOf(call).map(({ Detail }) => JSON.parse(String(Detail)).version))
  expect(sent).toEqual([[1, 2, 3], [4, 5], [6], [7]])
})

test('G10 one that the bus refuses for its size is an error that says so, at once', async () => {
  aws = await fakeAws(['EVENTBRIDGE'], () => {
    throw new Error('Total size of the entries in the request is over the limit')
  })
  await expect(eventBridge('shared').publish([event(1, 'x'.repeat(300_000))], { signal })).rejects.toThrow(
    /The bus shared does not take this event of 300\d{3} bytes: it is too large .*over the limit.* Discard it/,
  )
  await expect(eventBridge('shared').publish([event(1)], { signal })).rejects.toThrow(/^Error: Total size/)
  expect(aws.calls).toHaveLength(2)
})
