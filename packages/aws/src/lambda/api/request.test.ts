import { expect, test } from 'vitest'
import { type Asked, httpEvent } from './event.fixture.ts'
import { requestOf, stageOf } from './request.ts'

const { signal } = new AbortController()
const read = (asked: Asked, trace?: string) => requestOf(httpEvent(asked), signal, trace) as Request

test('a request has the address, the query string as it was sent, and the headers', () => {
  const request = read({ path: '/orders/7', query: 'a=1&a=%20b', headers: { accept: 'text/html,application/json' } })
  expect(request.url).toBe('https://r3pmxmplak.execute-api.eu-central-1.amazonaws.com/orders/7?a=1&a=%20b')
  expect(request.headers.get('accept')).toBe('text/html,application/json')
})

test.each([
  ['signs that end a path', '/orders/a?b#c', '/orders/a%3Fb%23c'],
  ['spaces and letters beyond ASCII', '/orders/grün 1', '/orders/gr%C3%BCn%201'],
  ['a percent sign by itself', '/orders/100%', '/orders/100%25'],
  ['half of a character', '/orders/\ud800', '/orders/%EF%BF%BD'],
  ['what is encoded already', '/orders/a%2Fb', '/orders/a%2Fb'],
])('the gateway decodes paths: %s', (_, given, path) => {
  expect(new URL(read({ path: given }).url).pathname).toBe(path)
})

test('a stage that has a name is no part of the path', () => {
  const paths = ['/prod/orders', '/prod', '/production/orders']
  const read = paths.map((path) => httpEvent({ path, stage: 'prod' }))
  expect(read.map((event) => new URL(requestOf(event, signal)?.url ?? '').pathname)).toEqual([
    '/orders',
    '/',
    '/production/orders',
  ])
  expect(read.map(stageOf)).toEqual(['/prod', '/prod', ''])
})

test('cookies come as a list', () => {
  expect(read({ cookies: ['a=1', 'b=2'] }).headers.get('cookie')).toBe('a=1; b=2')
})

test('a body is text or base64, and its length is in bytes', async () => {
  const text = read({ method: 'POST', body: 'grün' })
  expect([await text.text(), text.headers.get('content-length')]).toEqual(['grün', '5'])
  const bytes = read({ method: 'PUT', body: '//4A', isBase64Encoded: true })
  expect([...new Uint8Array(await bytes.arrayBuffer())]).toEqual([255, 254, 0])
})

test('no body is no body, and what comes with GET is not looked at', () => {
  expect(read({ method: 'POST' }).body).toBeNull()
  expect(read({ method: 'POST', body: '' }).body).toBeNull()
  expect(read({ method: 'GET', body: 'surplus' }).body).toBeNull()
  expect(read({ method: 'get', body: 'surplus' }).body).toBeNull()
})

test('a header beyond Latin-1 comes as its bytes', () => {
  const value = read({ headers: { 'x-name': 'żółw' } }).headers.get('x-name') as string
  expect(Buffer.from(value, 'latin1').toString('utf8')).toBe('żółw')
})

test("the gateway's id names the request, unless the caller gave one", () => {
  expect(read({}).headers.get('x-request-id')).toBe('JKJaXmPLvHcESHA=')
  expect(read({ headers: { 'x-request-id': 'mine' } }).headers.get('x-request-id')).toBe('mine')
})

test("the trace is the caller's, else that of this invocation, else that of the gateway", () => {
  const mine = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const invoked = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1'
  const sent = { 'x-amzn-trace-id': 'Root=1-67891233-abcdef012345678912345678' }
  const traceOf = (headers: Record<string, string>, trace?: string) =>
    read({ headers }, trace).headers.get('traceparent')
  expect(traceOf({ ...sent, traceparent: mine }, invoked)).toBe(mine)
  expect(traceOf(sent, invoked)).toBe('00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01')
  expect(traceOf(sent)).toMatch(/^00-67891233abcdef012345678912345678-/)
})
