import { context, diag, metrics, trace } from '@opentelemetry/api'
import { afterEach, expect, test, vi } from 'vitest'
import { silentLogger } from 'weir/ports'
import { startCollector } from './collector.fixture.ts'
import { startTelemetry } from './telemetry.ts'

afterEach(() => {
  vi.unstubAllEnvs()
  for (const api of [context, diag, metrics, trace]) api.disable()
})

const start = (endpoint: string, logger = silentLogger) => {
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', endpoint)
  return startTelemetry(process.env, 'shop,stock', logger)
}

test('spans and metrics reach the collector at the latest when the process stops', async () => {
  const { received, endpoint } = await startCollector()
  const telemetry = await start(endpoint)
  trace.getTracer('test').startActiveSpan('buy', (span) => span.end())
  metrics.getMeter('test').createCounter('tickets').add(3)
  await telemetry?.stop()
  expect(received('/v1/traces').join()).toMatch(/"service\.name".*"shop,stock".*"buy"/)
  expect(received('/v1/metrics').join()).toMatch(/"shop,stock".*"tickets".*3/)
})

test('OTEL_SERVICE_NAME goes before the names of the applications', async () => {
  const { received, endpoint } = await startCollector()
  vi.stubEnv('OTEL_SERVICE_NAME', 'storefront')
  const telemetry = await start(endpoint)
  trace.getTracer('test').startSpan('buy').end()
  await telemetry?.stop()
  expect(received('/v1/traces').join()).toContain('storefront')
  expect(received('/v1/traces').join()).not.toContain('shop,stock')
})

test('a span is the parent of what happens later in the same course of work', async () => {
  const { received, endpoint } = await startCollector()
  const telemetry = await start(endpoint)
  const tracer = trace.getTracer('test')
  await tracer.startActiveSpan('request', async (span) => {
    await new Promise((resolve) => setImmediate(resolve))
    tracer.startSpan('command').end()
    span.end()
  })
  await telemetry?.stop()
  const [{ spans }] = JSON.parse(received('/v1/traces')[0] ?? '').resourceSpans[0].scopeSpans
  const named = (name: string) => spans.find((span: { name: string }) => span.name === name)
  expect(named('command').parentSpanId).toBe(named('request').spanId)
})

test('a collector that is down is told once, and does not keep the process', async () => {
  const warned: string[] = []
  const logger = { ...silentLogger, warn: (_: unknown, message: string) => warned.push(message) }
  const telemetry = await start('http://127.0.0.1:1', logger)
  trace.getTracer('test').startSpan('buy').end()
  metrics.getMeter('test').createCounter('tickets').add(3)
  await telemetry?.stop()
  expect(warned).toEqual(['telemetry could not be sent'])
})

test.each([
  ['without an endpoint', {}],
  ['with TRACING=false', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318', TRACING: 'false' }],
])('%s nothing is sent', async (_, environment) => {
  expect(await startTelemetry(environment, 'shop', silentLogger)).toBeUndefined()
})
