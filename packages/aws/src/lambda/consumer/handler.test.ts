import { createHash } from 'node:crypto'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { silentLogger } from 'weir/ports'
import type { OnDemand } from 'weir/runtime'
import { invocation } from '../api/event.fixture.ts'
import { type FakeAws, fakeAws } from '../fake-aws.fixture.ts'
import { policyWork } from '../policy/work.ts'
import { projectionWork } from '../projection/work.ts'
import { Queues } from '../setup/queues.ts'
import type { Consumer } from './consumer.ts'
import { queueHandler, type Work } from './handler.ts'
import { type Received, rung, sqsEvent } from './sqs-event.fixture.ts'

/** Consumers of the café's, whose runtime does what a test says. */

const settings = { environment: { WEIR_PREFIX: 'dev' }, logger: silentLogger, engine: () => Promise.reject() }

let aws: FakeAws
beforeEach(async () => {
  aws = await fakeAws(['SQS'], ({ input }) => ({ MD5OfMessageBody: md5(String(input.MessageBody)) }))
})
afterEach(() => aws.close())

function deliver(onDemand: Partial<OnDemand>, work: Work, ...messages: Received[]) {
  const queuePlace = 'https://sqs.eu-central-1.amazonaws.com/123456789012/'
  const consumer = { app: 'cafe', name: 'orders', lanes: 4, queues: new Queues(), queuePlace, onDemand } as Consumer
  return queueHandler(async () => consumer, work, settings)(sqsEvent(...messages), invocation())
}

const md5 = (text: string) => createHash('md5').update(text).digest('hex')

const failed = (...ids: string[]) => ({ batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) })

/** How long messages were told to rest, in seconds, by their receipt handles. */
function rests(): Record<string, number> {
  const entries = aws.calls.flatMap(({ input }) => (input.Entries ?? []) as Record<string, never>[])
  return Object.fromEntries(entries.map(({ ReceiptHandle, VisibilityTimeout }) => [ReceiptHandle, VisibilityTimeout]))
}

const bell = (lane: number, message: Omit<Received, 'body'> = {}) => rung({ app: 'cafe', lane }, message)

test('a lane that was rung several times is folded once', async () => {
  const fold = vi.fn<OnDemand['fold']>(async () => 'caught-up')
  expect(await deliver({ fold }, projectionWork(settings), bell(2), bell(0), bell(2))).toEqual(failed())
  expect(fold.mock.calls.map(([projection, lane]) => [projection, lane])).toEqual([
    ['orders', 2],
    ['orders', 0],
  ])
  expect(aws.calls).toEqual([])
})

test('who rings without a lane rings all', async () => {
  const fold = vi.fn<OnDemand['fold']>(async () => 'taken')
  await deliver({ fold }, projectionWork(settings), rung({ app: 'cafe' }))
  expect(fold.mock.calls.map(([, lane]) => lane)).toEqual([0, 1, 2, 3])
})

test('what fails comes again with all that came later in its group, and no sooner than the failure may be over', async () => {
  const fold: OnDemand['fold'] = async (_, lane) => {
    if (lane === 1) throw new Error('the database is away')
    return lane === 3 ? 'more' : 'caught-up'
  }
  const messages = [
    bell(0, { id: 'a', group: 'x' }),
    bell(1, { id: 'b', group: 'x', receives: 3 }),
    bell(0, { id: 'c', group: 'x' }),
    bell(0, { id: 'd', group: 'y' }),
    bell(3, { id: 'e', group: 'y' }),
  ]
  expect(await deliver({ fold }, projectionWork(settings), ...messages)).toEqual(failed('b', 'c', 'e'))
  expect(rests()).toMatchObject({ 'handle of b': 8, 'handle of c': 1, 'handle of e': 1 })
  expect(aws.calls[0]?.input.QueueUrl).toMatch(/\/123456789012\/cafe_orders\.fifo$/)
})

test('a message that comes again and again is worked on carefully first, and then as always', async () => {
  const fold = vi.fn<OnDemand['fold']>().mockResolvedValueOnce('more').mockResolvedValueOnce('caught-up')
  expect(await deliver({ fold }, projectionWork(settings), bell(1, { receives: 4 }))).toEqual(failed())
  expect(fold.mock.calls.map(([, , options]) => options?.careful ?? false)).toEqual([true, false])
  const [first, second] = fold.mock.calls.map(([, , options]) => options?.deadline as number)
  expect(first).toBeLessThan(second as number)
})

test('(G10) what comes again may be killing its function: then all of its batch is there again soon after that', async () => {
  const inTime = vi.fn<OnDemand['fold']>(async () => {
    for (const id of ['a', 'b']) expect(rests()[`handle of ${id}`]).toBe(35)
    return 'caught-up'
  })
  const messages = [bell(1, { id: 'a', receives: 2 }), bell(1, { id: 'b' })]
  expect(await deliver({ fold: inTime }, projectionWork(settings), ...messages)).toEqual(failed())
  expect(inTime).toHaveBeenCalledOnce()
})

test('what is no doorbell is dropped: it would never be one', async () => {
  const fold = vi.fn<OnDemand['fold']>(async () => 'caught-up')
  expect(await deliver({ fold }, projectionWork(settings), { body: 'ring!' }, bell(1))).toEqual(failed())
  expect(fold).toHaveBeenCalledOnce()
})

test('when nothing can be set up, all comes again', async () => {
  const handler = queueHandler(() => Promise.reject(new Error('asleep')), projectionWork(settings), settings)
  expect(await handler(sqsEvent(bell(1, { id: 'a' }), bell(2, { id: 'b' })), invocation())).toEqual(failed('a', 'b'))
})

test('that messages cannot be told when to come again is no failure', async () => {
  aws.close()
  aws = await fakeAws(['SQS'], () => Promise.reject(new Error('not allowed')))
  const fold: OnDemand['fold'] = async () => 'more'
  expect(await deliver({ fold }, projectionWork(settings), bell(1, { id: 'a' }))).toEqual(failed('a'))
})

test('a policy reacts once to all that rang, and asks to be called when something is due', async () => {
  const at = Date.now() + 90_000
  const react = vi.fn<OnDemand['react']>(async () => ({ outcome: 'caught-up', next: { kind: 'timer', at } }))
  const work = policyWork(settings)
  expect(await deliver({ react }, work, bell(1), bell(2), { body: '{}', queue: 'timers' })).toEqual(failed())
  expect(react).toHaveBeenCalledOnce()
  expect(aws.calls.map(({ action, input }) => [action, input.QueueUrl])).toEqual([
    ['SendMessage', expect.stringMatching(/\/dev-cafe_orders_timers$/)],
  ])
  const { DelaySeconds, MessageBody } = aws.calls[0]?.input ?? {}
  expect(DelaySeconds).toBeGreaterThan(85)
  expect(DelaySeconds).toBeLessThanOrEqual(90)
  expect(JSON.parse(String(MessageBody))).toEqual({ app: 'cafe', policy: 'orders', due: new Date(at).toISOString() })

  await deliver({ react }, work, bell(1))
  expect(aws.calls).toHaveLength(1)
  const sooner: OnDemand['react'] = async () => ({ outcome: 'caught-up', next: { kind: 'retry', at: at - 60_000 } })
  await deliver({ react: sooner }, work, bell(1))
  expect(aws.calls).toHaveLength(2)
})

test('what is due later than SQS can wait is left to the sweep', async () => {
  const at = Date.now() + 16 * 60_000
  const react: OnDemand['react'] = async () => ({ outcome: 'caught-up', next: { kind: 'timer', at } })
  await deliver({ react }, policyWork(settings), bell(1))
  expect(aws.calls).toEqual([])
})

test('a policy that has more to do than time comes again', async () => {
  const react: OnDemand['react'] = async () => ({ outcome: 'more', next: undefined })
  expect(await deliver({ react }, policyWork(settings), bell(1, { id: 'a' }))).toEqual(failed('a'))
})
