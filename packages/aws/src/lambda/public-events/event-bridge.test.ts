import { afterEach, expect, test } from 'vitest'
import type { PublicEvent } from 'weir'
import { type AwsCall, type FakeAws, fakeAws } from '../fake-aws.fixture.ts'
import { eventBridge } from './event-bridge.ts'

let aws: FakeAws
afterEach(() => aws.close())

const event = (version: number): PublicEvent => ({
  id: `event-${version}`,
  type: 'Placed',
  source: 'cafe',
  aggregate: 'order',
  aggregateId: '7',
  version,
  recordedAt: '2026-03-10T05:16:23.000Z',
  data: { drink: 'tea' },
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
