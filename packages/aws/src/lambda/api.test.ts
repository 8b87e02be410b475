import { afterEach, beforeEach, expect, test } from 'vitest'
import { aggregate, apiKey, app, projection, route } from 'weir'
import { memoryEngine } from 'weir/memory'
import { type Engine, EngineError, type OpenEngine, silentLogger } from 'weir/ports'
import * as z from 'zod'
import { encodeApps } from '../contract/index.ts'
import { type Asked, httpEvent, invocation, jsonBody } from './api/event.fixture.ts'
import type { ApiHandler } from './api/handler.ts'
import { api } from './api.ts'
import { type FakeAws, fakeAws } from './fake-aws.fixture.ts'

const Order = aggregate('order', { events: { Placed: z.object({}) }, initialState: 0 })
  .evolve({ Placed: (count) => count + 1 })
  .commands({ place: { input: z.object({}), decide: () => ({ type: 'Placed', data: {} }) } })
const Orders = projection('orders', { schema: z.object({ id: z.string() }) }).upsert(Order, {
  Placed: (_, event) => ({ id: event.aggregateId }),
})
const routes = { 'PUT /orders/:id': route(Order.commands.place, { status: 200 }), 'GET /orders/:id': Orders.get }
const cafe = app('cafe', { routes, projections: [Orders] })
const bar = app('bar', { routes, projections: [Orders], guard: apiKey() })

const place = (base: string) => ({ base, events: 'events', index: 'index' })
const environment = {
  WEIR_APPS: encodeApps({ cafe: place('/cafe'), bar: place('/bar') }),
  API_KEY_SECRET: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:keys',
  WEIR_OPERATOR_KEY: 'an-operator-of-this',
  STATE_MACHINE_ARN: 'arn:aws:states:eu-central-1:123456789012:stateMachine:rebuild',
}

let aws: FakeAws
beforeEach(async () => {
  aws = await fakeAws(['SECRETS_MANAGER', 'SFN'], ({ action }) =>
    action === 'GetSecretValue'
      ? { SecretString: 'old-key-of-the-bar, new-key-of-the-bar' }
      : { executionArn: 'arn:aws:states:eu-central-1:123456789012:execution:rebuild:1', startDate: 0 },
  )
})
afterEach(() => aws.close())

const ask = (handler: ApiHandler, asked: Asked) => handler(httpEvent(asked), invocation())
const make = (engine: OpenEngine): ApiHandler => api({ cafe, bar }, { engine, environment, logger: silentLogger })

test('applications are served each under its name, and guarded by keys from a secret', async () => {
  const handler = make(memoryEngine())
  expect(await ask(handler, { method: 'PUT', path: '/cafe/orders/1', ...jsonBody({}) })).toMatchObject({
    statusCode: 200,
  })
  const { body, headers } = jsonBody({})
  const order = (key?: string) =>
    ask(handler, {
      method: 'PUT',
      path: '/bar/orders/1',
      body,
      headers: { ...headers, ...(key && { 'x-api-key': key }) },
    })
  expect((await order()).statusCode).toBe(401)
  for (const key of ['old-key-of-the-bar', 'new-key-of-the-bar']) expect((await order(key)).statusCode).toBe(200)
  expect((await ask(handler, { path: '/cafe/openapi.json' })).statusCode).toBe(200)
})

test('stores and secrets are opened once; what could not be is tried again by the next request', async () => {
  const opened: string[] = []
  const open = memoryEngine()
  let isAwake = false
  const handler = make(async (name): Promise<Engine> => {
    if (!isAwake) throw new EngineError('the database is waking up')
    opened.push(name)
    return open(name)
  })
  expect((await ask(handler, { path: '/health' })).statusCode).toBe(503)
  isAwake = true
  const answers = await Promise.all([1, 2, 3].map(() => ask(handler, { path: '/health' })))
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200])
  expect(opened.toSorted()).toEqual(['bar', 'cafe'])
})

test('a rebuild that an operator wants starts the state machine', async () => {
  const headers = { 'x-operator-key': 'an-operator-of-this', 'content-type': 'application/json' }
  const path = '/ops/cafe/projections/orders/rebuild'
  const handler = make(memoryEngine())
  expect(await ask(handler, { method: 'POST', path, headers, body: '{}' })).toMatchObject({ statusCode: 202 })
  const started = aws.calls.filter(({ action }) => action === 'StartExecution')
  expect(started.map(({ input }) => JSON.parse(String(input.input)))).toEqual([{ app: 'cafe', projection: 'orders' }])
})
