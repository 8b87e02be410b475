import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { expect, test } from 'vitest'
import { boxOffice } from '../../test/box-office.ts'
import { type Answers, fakeRuntime } from '../../test/fake-runtime.ts'
import { createHttpApp } from '../app.ts'
import { recordTelemetry } from './recorded-telemetry.fixture.ts'

const caller = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
const concert = { name: 'Spring', date: '2030-03-20', venue: 'Hall', seats: 2 }

function served(answers: Answers = {}) {
  const telemetry = recordTelemetry()
  const { runtime, asked } = fakeRuntime(boxOffice, answers)
  return { telemetry, asked, http: createHttpApp({ mounts: [{ base: '/shop', runtime }] }) }
}

const schedule = (headers: Record<string, string> = {}) => ({
  method: 'POST',
  body: JSON.stringify(concert),
  headers: { 'content-type': 'application/json', 'x-request-id': 'req-1', ...headers },
})

test('a request is a span under that of its caller, and its command hangs under it', async () => {
  const { telemetry, asked, http } = served()
  await http.request('/shop/concerts', schedule({ traceparent: caller }))
  const [span] = telemetry.spans()
  expect(span).toMatchObject({ name: 'POST /shop/concerts', kind: SpanKind.SERVER })
  expect(span?.parentSpanContext?.spanId).toBe('b7ad6b7169203331')
  const { traceId, spanId } = span?.spanContext() ?? {}
  expect(traceId).toBe('0af7651916cd43dd8448eb211c80319c')
  expect(asked.execute[0]?.options).toMatchObject({ correlationId: 'req-1', traceparent: `00-${traceId}-${spanId}-01` })
  expect(span?.attributes).toEqual({
    'http.request.method': 'POST',
    'http.route': '/shop/concerts',
    'http.response.status_code': 201,
    'url.scheme': 'http',
    'url.path': '/shop/concerts',
    'weir.request.id': 'req-1',
  })
})

test('a request of nobody begins a trace', async () => {
  const { telemetry, asked, http } = served()
  await http.request('/shop/concerts', schedule())
  const [span] = telemetry.spans()
  expect(span?.parentSpanContext).toBeUndefined()
  expect(asked.execute[0]?.options?.traceparent).toContain(span?.spanContext().traceId)
})

test('where somebody else instruments the server, requests hang under their span', async () => {
  const { telemetry, http } = served()
  const server = trace.getTracer('test').startSpan('server')
  const request = () => http.request('/shop/concerts', schedule({ traceparent: caller }))
  await context.with(trace.setSpan(context.active(), server), request)
  expect(telemetry.spans()[0]?.parentSpanContext?.spanId).toBe(server.spanContext().spanId)
})

test('spans name the route, not the address; what no route takes has none', async () => {
  const { telemetry, http } = served()
  await http.request('/shop/concerts/c-1?a=b')
  await http.request('/elsewhere/4711')
  await http.request('/elsewhere/4711', { method: 'PURGE' })
  expect(telemetry.spans().map(({ name }) => name)).toEqual(['GET /shop/concerts/:id', 'GET', 'HTTP'])
  expect(telemetry.spans().map(({ attributes }) => attributes['url.path'])).toEqual([
    '/shop/concerts/c-1',
    '/elsewhere/4711',
    '/elsewhere/4711',
  ])
})

test('only a defect or an outage is an error: what the caller did wrong is none', async () => {
  const { telemetry, http } = served({
    list: () => {
      throw new Error('SECRET')
    },
  })
  await http.request('/shop/concerts')
  await http.request('/shop/concerts/c-1')
  const [broken, missing] = telemetry.spans()
  expect(broken?.status.code).toBe(SpanStatusCode.ERROR)
  expect(broken?.attributes).toMatchObject({ 'http.response.status_code': 500, 'error.type': '500' })
  expect(missing?.status.code).toBe(SpanStatusCode.UNSET)
  expect(missing?.attributes).toMatchObject({ 'http.response.status_code': 404 })
})

test('the durations of requests are measured by method, route and status, nothing with more values', async () => {
  const { telemetry, http } = served()
  await http.request('/shop/concerts/c-1')
  expect(await telemetry.measured()).toEqual([
    [
      'http.server.request.duration',
      {
        'http.request.method': 'GET',
        'http.route': '/shop/concerts/:id',
        'http.response.status_code': 404,
        'url.scheme': 'http',
      },
    ],
  ])
})
