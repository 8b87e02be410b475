import { gunzipSync } from 'node:zlib'
import { createHttpApp } from '@weir/http'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { aggregate, app, projection, route } from 'weir'
import { memoryEngine } from 'weir/memory'
import { silentLogger } from 'weir/ports'
import { type Runtime, startRuntime } from 'weir/runtime'
import * as z from 'zod'
import { type Asked, httpEvent, invocation, jsonBody } from './event.fixture.ts'
import { type ApiHandler, apiHandler, type Fetch } from './handler.ts'

const Order = aggregate('order', { events: { Placed: z.object({ drink: z.string() }) }, initialState: 0 })
  .evolve({ Placed: (count) => count + 1 })
  .commands({
    place: { input: z.object({ drink: z.string() }), decide: (_, input) => ({ type: 'Placed', data: input }) },
  })
const Orders = projection('orders', {
  schema: z.object({ id: z.string(), drink: z.string() }),
  indexes: ['drink'],
}).upsert(Order, { Placed: (_, event) => ({ id: event.aggregateId, drink: event.data.drink }) })
const cafe = app('cafe', {
  routes: {
    'PUT /orders/:id': route(Order.commands.place, { status: 200 }),
    'GET /orders': Orders.list,
    'GET /orders/:id': Orders.get,
  },
  projections: [Orders],
})

const answering = (fetch: Fetch): ApiHandler => apiHandler(async () => fetch, silentLogger)
const ask = (handler: ApiHandler, asked: Asked = {}) => handler(httpEvent(asked), invocation())

describe('an application behind an HTTP API', () => {
  let runtime: Runtime
  let handler: ApiHandler
  beforeEach(async () => {
    runtime = await startRuntime(cafe, { engine: memoryEngine() })
    const http = createHttpApp({ mounts: [{ base: '', runtime }] })
    handler = answering((request) => http.fetch(request))
  })
  afterEach(() => runtime.stop())

  test('takes commands and answers reads with their token', async () => {
    const placed = await ask(handler, { method: 'PUT', path: '/orders/7', ...jsonBody({ drink: 'latte' }) })
    expect(placed.statusCode).toBe(200)
    const token = String(placed.headers?.['consistency-token'])
    const read = await ask(handler, { path: '/orders/7', headers: { 'consistency-token': token } })
    expect(read).toMatchObject({ statusCode: 200, isBase64Encoded: false })
    expect(read.headers).toMatchObject({ 'consistency-status': 'reached', 'content-type': 'application/json' })
    expect(JSON.parse(String(read.body))).toEqual({ id: '7', drink: 'latte' })
  })

  test('takes JSON in base64, as the gateway sends what it does not know for text', async () => {
    const body = Buffer.from('{"drink":"thé"}').toString('base64')
    const headers = { 'content-type': 'application/json' }
    const placed = await ask(handler, { method: 'PUT', path: '/orders/7', headers, body, isBase64Encoded: true })
    expect(JSON.parse(String(placed.body))).toMatchObject({ id: '7' })
  })

  test.each(['TRACE', 'CONNECT', 'TRACK', 'PROPFIND'])(
    'answers that no address takes %s, with those that it takes',
    async (method) => {
      const answer = await ask(handler, { method, path: '/orders/7' })
      expect(answer).toMatchObject({ statusCode: 405, headers: { 'content-type': 'application/problem+json' } })
      expect(String(answer.headers?.allow)).toBe('PUT, GET, HEAD, OPTIONS')
      expect(JSON.parse(String(answer.body))).toMatchObject({ code: 'method-not-allowed' })
      expect(await ask(handler, { method, path: '/nowhere' })).toMatchObject({ statusCode: 404 })
    },
  )

  test.each<Asked>([
    { headers: { 'a b': '1' } },
    { headers: { größe: '1' } },
    { headers: { 'x-note': 'one\ntwo' } },
    { cookies: ['a=\0'] },
    { method: 'G ET' },
  ])('refuses a request that cannot be one: %j', async (asked) => {
    const answer = await ask(handler, asked)
    expect(answer).toMatchObject({ statusCode: 400, headers: { 'content-type': 'application/problem+json' } })
    expect(JSON.parse(String(answer.body))).toMatchObject({ code: 'malformed-request' })
  })

  test('refuses a body that is too large, by what it is and not by what it says of itself', async () => {
    const body = JSON.stringify({ drink: 'x'.repeat(1_100_000) })
    const headers = { 'content-type': 'application/json', 'content-length': '12' }
    const refused = await ask(handler, { method: 'PUT', path: '/orders/7', headers, body })
    expect(refused.statusCode).toBe(413)
    expect(JSON.parse(String(refused.body))).toMatchObject({ code: 'body-too-large' })
  })

  test('leads to the next page below its stage', async () => {
    for (const id of ['1', '2'])
      await ask(handler, { method: 'PUT', path: `/orders/${id}`, ...jsonBody({ drink: 'tea' }) })
    await runtime.settled()
    const page = await ask(handler, { path: '/dev/orders', query: 'limit=1', stage: 'dev' })
    expect(page.headers?.link).toMatch(/^<\/dev\/orders\?/)
  })

  test('answers HEAD without a body', async () => {
    expect(await ask(handler, { method: 'HEAD', path: '/health' })).toMatchObject({ statusCode: 200, body: '' })
  })

  test('shows a live query by answers that end: what there is, and what has changed for who comes again', async () => {
    const placing = (drink: string) => ask(handler, { method: 'PUT', path: '/orders/7', ...jsonBody({ drink }) })
    await placing('tea')
    await runtime.settled()
    const live = (headers: Record<string, string> = {}) =>
      ask(handler, { path: '/orders', headers: { accept: 'text/event-stream', ...headers } })
    const first = await live()
    expect(first.body).toMatch(/^retry: \d+\n\n[\s\S]*event: snapshot\nid: .+\ndata: .*"drink":"tea"/)
    const id = /^id: (.+)$/m.exec(String(first.body))?.[1] as string
    const second = live({ 'last-event-id': id })
    await placing('coffee')
    expect((await second).body).toContain('"drink":"coffee"')
  })

  test('tells a subscription of GraphQL the next change, and ends', async () => {
    const query = 'subscription { orderChanged { id drink } }'
    const { body, headers } = jsonBody({ query })
    const asked = { method: 'POST', path: '/graphql', body, headers: { ...headers, accept: 'text/event-stream' } }
    const told = ask(handler, asked)
    for (let order = 0; (await Promise.race([told, undefined])) === undefined; order += 1) {
      await ask(handler, { method: 'PUT', path: `/orders/${order}`, ...jsonBody({ drink: 'tea' }) })
      await runtime.settled()
    }
    const { body: events, headers: answered } = await told
    expect(answered?.['content-type']).toMatch('text/event-stream')
    expect(events).toMatch(/^: .*\n\nevent: next\ndata: {"data":{"orderChanged":{"id":"\d+","drink":"tea"}}}\n\n/)
  })
})

describe('an answer', () => {
  test('bears several cookies', async () => {
    const headers = new Headers([
      ['set-cookie', 'a=1; Path=/'],
      ['set-cookie', 'b=2'],
    ])
    const answer = await ask(answering(() => new Response('hello', { headers })))
    expect(answer.cookies).toEqual(['a=1; Path=/', 'b=2'])
    expect(answer.headers).not.toHaveProperty('set-cookie')
  })

  test.each([
    ['a picture', 'image/png', new Uint8Array([137, 80, 78, 71, 255])],
    ['what calls itself text and is none', 'text/plain', new Uint8Array([104, 255, 254])],
  ])('comes in base64: %s', async (_, type, bytes) => {
    const answer = await ask(answering(() => new Response(bytes, { headers: { 'content-type': type } })))
    expect(answer.isBase64Encoded).toBe(true)
    expect([...Buffer.from(String(answer.body), 'base64')]).toEqual([...bytes])
  })

  test('that does not fit is compressed for who takes that, and else a problem that says what to do', async () => {
    const large = JSON.stringify(Array.from({ length: 400_000 }, (_, id) => ({ id: `order-${id}` })))
    const handler = answering(() => new Response(large, { headers: { 'content-type': 'application/json' } }))
    const zipped = await ask(handler, { headers: { 'accept-encoding': 'br, gzip' } })
    expect(zipped).toMatchObject({ statusCode: 200, headers: { 'content-encoding': 'gzip', vary: 'accept-encoding' } })
    expect(gunzipSync(Buffer.from(String(zipped.body), 'base64')).toString()).toBe(large)
    for (const accept of ['br', 'gzip;q=0']) {
      const refused = await ask(handler, { headers: { 'accept-encoding': accept } })
      expect(JSON.parse(String(refused.body))).toMatchObject({ code: 'answer-too-large', status: 500 })
    }
  })
})

describe('in time', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] }))
  afterEach(() => void vi.useRealTimers())

  test('what takes longer than the gateway waits is a 503', async () => {
    const answer = ask(answering(() => new Promise(() => {})))
    await vi.advanceTimersByTimeAsync(27_000)
    expect(await answer).toMatchObject({ statusCode: 503, headers: { 'retry-after': '2' } })
  })

  test('waits are told to end before', async () => {
    const answer = ask(
      answering(
        ({ signal }) =>
          new Promise((resolve) => signal.addEventListener('abort', () => resolve(new Response('in time')))),
      ),
    )
    await vi.advanceTimersByTimeAsync(20_000)
    expect((await answer).body).toBe('in time')
  })

  test('a stream without news ends after 20 s, and what it comes from is told', async () => {
    const cancel = vi.fn()
    const body = new ReadableStream({
      start: (stream) => stream.enqueue(new TextEncoder().encode(': hello\n\n')),
      cancel,
    })
    const answer = ask(answering(() => new Response(body, { headers: { 'content-type': 'text/event-stream' } })))
    await vi.advanceTimersByTimeAsync(20_000)
    expect((await answer).body).toMatch(/: hello\n\n$/)
    expect(cancel).toHaveBeenCalledOnce()
  })
})

test('what cannot be set up now is a 503, and is tried again by the next request', async () => {
  const setUp = vi.fn<() => Promise<Fetch>>()
  setUp.mockRejectedValueOnce(new Error('the database is waking up')).mockResolvedValue(() => new Response('here'))
  const handler = apiHandler(setUp, silentLogger)
  const refused = await ask(handler)
  expect(refused).toMatchObject({
    statusCode: 503,
    headers: { 'retry-after': '5', 'x-request-id': 'JKJaXmPLvHcESHA=' },
  })
  expect(refused.body).not.toContain('waking')
  expect((await ask(handler)).body).toBe('here')
})
