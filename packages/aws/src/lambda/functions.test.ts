import { createHash } from 'node:crypto'
import { postgresEngine } from '@weir/engine-postgres'
import { type TestDatabase, testDatabase } from '@weir/test-postgres'
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { type OpenEngine, silentLogger, systemClock } from 'weir/ports'
import { encodeApps, type RebuildTask } from '../contract/index.ts'
import { type Asked, httpEvent, invocation, jsonBody } from './api/event.fixture.ts'
import { api } from './api.ts'
import { cafeOf } from './cafe.fixture.ts'
import { rung, sqsEvent } from './consumer/sqs-event.fixture.ts'
import { type FakeAws, fakeAws } from './fake-aws.fixture.ts'
import { policy } from './policy.ts'
import { projection } from './projection.ts'
import { rebuild } from './rebuild.ts'
import { sweep } from './sweep.ts'

/** The functions of a café over one database: what each does when it is called, and that nothing is done else. */

let database: TestDatabase
let aws: FakeAws
let closing: (() => Promise<void>)[] = []

beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.drop())
beforeEach(async () => {
  aws = await fakeAws(['SQS', 'SFN', 'EVENTBRIDGE'], ({ input }) => ({
    MD5OfMessageBody: createHash('md5').update(String(input.MessageBody)).digest('hex'),
    ...(input.stateMachineArn !== undefined && { executionArn: 'arn:aws:states:::execution:rebuild:1', startDate: 0 }),
  }))
})
afterEach(async () => {
  aws.close()
  await Promise.all(closing.map((close) => close()))
  closing = []
})

/** What a function of its own process has. */
function processOf(consumer?: string) {
  const open = postgresEngine({ url: database.url, listen: false, connections: 2 })
  const engine: OpenEngine = async (name) => {
    const opened = await open(name)
    closing.push(() => opened.close())
    return opened
  }
  const environment = {
    WEIR_PREFIX: 'dev',
    WEIR_APPS: encodeApps({ cafe: { base: '', events: 'events', index: 'index' } }),
    WEIR_CONSUMER: consumer && `cafe/${consumer}`,
    WEIR_QUEUES: 'https://sqs.eu-central-1.amazonaws.com/123456789012/',
    WEIR_OPERATOR_KEY: 'an-operator-of-this',
    STATE_MACHINE_ARN: 'arn:aws:states:eu-central-1:123456789012:stateMachine:rebuild',
    EVENT_BUS_NAME: 'shared',
  }
  return { engine, environment, logger: silentLogger }
}

const cafe = cafeOf(1)
const all = sqsEvent(rung({ app: 'cafe' }))
const fold = (application = { cafe }) => projection(application, processOf('orders'))(all, invocation())
const react = (name: string) => policy({ cafe }, processOf(name))(all, invocation())

/** A request to an environment of the API's function that was just started. */
async function ask(asked: Asked, application = { cafe }) {
  const answer = await api(application, processOf())(httpEvent(asked), invocation())
  return { ...answer, json: JSON.parse(String(answer.body)) }
}

async function order(id: string, drink: string): Promise<string> {
  const { headers, statusCode } = await ask({ method: 'PUT', path: `/orders/${id}`, ...jsonBody({ drink }) })
  expect(statusCode).toBe(200)
  return String(headers?.['consistency-token'])
}

const show = (id: string, token: string, wait = 0) =>
  ask({ path: `/orders/${id}`, headers: { 'consistency-token': token, prefer: `wait=${wait}` } })

test('a command is folded when a doorbell rings, and reads say so', async () => {
  const token = await order('1', 'tea')
  expect((await show('1', token)).headers?.['consistency-status']).toBe('timed-out')
  const waiting = show('1', token, 20)
  expect(await fold()).toEqual({ batchItemFailures: [] })
  expect(await waiting).toMatchObject({
    headers: { 'consistency-status': 'reached' },
    json: { id: '1', drink: 'tea', isReady: false },
  })
})

test('a policy acts when it is called, and asks to be called when a timer is due', async () => {
  await order('2', 'latte')
  expect(await react('barista')).toEqual({ batchItemFailures: [] })
  await fold()
  expect((await ask({ path: '/orders/2' })).json).toMatchObject({ isReady: true })
  await react('closing')
  const sent = aws.calls.filter(({ action }) => action === 'SendMessage')
  expect(sent.map(({ input }) => String(input.QueueUrl).split('/').at(-1))).toEqual(['dev-cafe_closing_timers'])
  expect(sent[0]?.input.DelaySeconds).toBeGreaterThan(280)
})

test('the sweep rings who has something to do, and nobody else, and tells how consumers stand', async () => {
  await fold()
  for (const name of ['barista', 'closing', 'public-events']) await react(name)
  aws.calls.length = 0
  const lines: string[] = []
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0)
  const sweepNow = sweep({ cafe }, processOf())
  try {
    await fold()
    await sweepNow()
    expect(aws.calls).toEqual([])
    await order('3', 'poison')
    await sweepNow()
  } finally {
    write.mockRestore()
  }
  const rings = aws.calls.map(({ input }) => [
    String(input.QueueUrl).split('/').at(-1),
    JSON.parse(String(input.MessageBody)),
    input.MessageGroupId,
  ])
  const lane = expect.any(Number)
  expect(rings.toSorted()).toEqual([
    ['dev-cafe_barista.fifo', { app: 'cafe' }, 'sweep'],
    ['dev-cafe_closing.fifo', { app: 'cafe' }, 'sweep'],
    ['dev-cafe_orders.fifo', { app: 'cafe', lane }, expect.stringMatching(/^sweep-\d$/)],
    ['dev-cafe_public-events.fifo', { app: 'cafe' }, 'sweep'],
  ])
  const told = lines.map((line) => JSON.parse(line)).filter(({ Consumer }) => Consumer === 'orders')
  expect(told.at(-1)).toMatchObject({
    Stack: 'dev',
    App: 'cafe',
    Consumer: 'orders',
    EventsBehind: 1,
    ParkedStreams: 0,
  })
})

test('(G10) what cannot be handled is parked: the message is done, and reads say so', async () => {
  const token = await order('4', 'poison')
  expect(await fold()).toEqual({ batchItemFailures: [] })
  expect((await show('4', token)).headers?.['consistency-status']).toBe('parked')
})

test('(G9) a rebuild that an operator asks for is folded by the tasks of the state machine', async () => {
  const token = await order('5', 'mocha')
  const headers = { 'x-operator-key': 'an-operator-of-this', 'content-type': 'application/json' }
  const path = '/ops/cafe/projections/orders/rebuild'
  expect((await ask({ method: 'POST', path, headers, body: '{}' })).statusCode).toBe(202)
  const started = aws.calls.filter(({ action }) => action === 'StartExecution')
  const input = JSON.parse(String(started[0]?.input.input))
  expect(input).toEqual({ app: 'cafe', projection: 'orders' })
  const run = (task: object) => rebuild({ cafe }, processOf())({ ...input, ...task } as RebuildTask, invocation())
  const prepared = await run({ action: 'prepare' })
  expect(prepared).toMatchObject({ outcome: 'prepared', partitions: [0, 1, 2, 3] })
  for (const partition of [0, 1, 2, 3]) {
    expect(await run({ action: 'fold', partition })).toEqual({ outcome: 'caught-up' })
  }
  expect(await run({ action: 'switch' })).toEqual({ outcome: 'serving' })
  expect(await run({ action: 'prepare' })).toEqual({ outcome: 'nothing', partitions: [] })
  expect((await show('5', token)).headers?.['consistency-status']).toBe('reached')
})

test('(G9) a rebuild that nobody works on any more is gone on with, though each sweep is a process of its own', async () => {
  const headers = { 'x-operator-key': 'an-operator-of-this', 'content-type': 'application/json' }
  await ask({ method: 'POST', path: '/ops/cafe/projections/orders/rebuild', headers, body: '{}' })
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  const { now } = systemClock
  onTestFinished(() => {
    write.mockRestore()
    systemClock.now = now
  })
  const startedAfter = async (minutes: number) => {
    systemClock.now = () => now() + minutes * 60_000
    aws.calls.length = 0
    await sweep({ cafe }, processOf())()
    return aws.calls
      .filter(({ action }) => action === 'StartExecution')
      .map(({ input }) => JSON.parse(`${input.input}`))
  }
  expect(await startedAfter(0)).toEqual([])
  expect(await startedAfter(60)).toEqual([{ app: 'cafe', projection: 'orders' }])
  const run = (task: object) =>
    rebuild({ cafe }, processOf())({ app: 'cafe', projection: 'orders', ...task } as RebuildTask, invocation())
  await run({ action: 'prepare' })
  for (const partition of [0, 1, 2, 3]) await run({ action: 'fold', partition })
  expect(await run({ action: 'switch' })).toEqual({ outcome: 'serving' })
  expect(await startedAfter(120)).toEqual([])
})

test('an environment that was there before a rebuild shows what was folded by it', async () => {
  const open = api({ cafe }, processOf())
  const read = async (id: string, token: string) =>
    (await open(httpEvent({ path: `/orders/${id}`, headers: { 'consistency-token': token } }), invocation())).headers
  const token = await order('6', 'espresso')
  await fold()
  expect((await read('6', token))?.['consistency-status']).toBe('reached')
  const run = (task: object) =>
    rebuild({ cafe }, processOf())({ app: 'cafe', projection: 'orders', ...task } as RebuildTask, invocation())
  const headers = { 'x-operator-key': 'an-operator-of-this', 'content-type': 'application/json' }
  await ask({ method: 'POST', path: '/ops/cafe/projections/orders/rebuild', headers, body: '{}' })
  await run({ action: 'prepare' })
  for (const partition of [0, 1, 2, 3]) await run({ action: 'fold', partition })
  expect(await run({ action: 'switch' })).toEqual({ outcome: 'serving' })
  const later = await order('7', 'ristretto')
  await fold()
  const list = async () => (await open(httpEvent({ path: '/orders' }), invocation())).body
  await expect.poll(list, { timeout: 5_000 }).toContain('"id":"7"')
  expect((await read('7', later))?.['consistency-status']).toBe('reached')
})

test('(G10) operators give up what is parked, and what waited behind it goes on', async () => {
  const token = await order('8', 'poison')
  await fold()
  expect((await show('8', token)).headers?.['consistency-status']).toBe('parked')
  const headers = { 'x-operator-key': 'an-operator-of-this', 'content-type': 'application/json' }
  const body = JSON.stringify({ stream: 'order-8', reason: 'nobody drinks it' })
  const path = '/ops/cafe/dead-letters/orders/discard'
  expect((await ask({ method: 'POST', path, headers, body })).statusCode).toBe(200)
  expect((await show('8', token)).headers?.['consistency-status']).toBe('reached')
})
