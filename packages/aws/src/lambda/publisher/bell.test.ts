import { SNSClient } from '@aws-sdk/client-sns'
import { expect, onTestFinished, test, vi } from 'vitest'
import { silentLogger } from 'weir/ports'
import { Bell } from './bell.ts'

test('many pages of a lane are rung for once, by the newest in which an aggregate is', async () => {
  const send = vi.spyOn(SNSClient.prototype, 'send').mockImplementation(async () => ({}))
  onTestFinished(() => send.mockRestore())
  const bell = new Bell({ app: 'cafe', kinds: ['projections'] }, 'arn:aws:sns:eu-central-1:1:topic.fifo', silentLogger)
  const pages = Array.from({ length: 500 }, (_, index) => ({ lane: index % 2, page: index, streams: ['order-1'] }))
  expect(await bell.ring([...pages, { lane: 0, page: 7, streams: ['order-2', 'cart-1'] }])).toBe(true)
  const inputs = send.mock.calls.map(([{ input }]) => input as { PublishBatchRequestEntries: object[] })
  const entries = inputs.flatMap(({ PublishBatchRequestEntries }) => PublishBatchRequestEntries)
  const rings = ['projections-0-498-order', 'projections-1-499-order', 'projections-0-7-cart']
  expect(entries).toMatchObject(rings.map((MessageDeduplicationId) => ({ MessageDeduplicationId })))
})
