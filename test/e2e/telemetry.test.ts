import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startCollector } from '../../packages/cli/src/collector.fixture.ts'
import { temporaryFolder } from './folders.ts'
import { post } from './http.ts'
import { listening, logLine, root, weir } from './weir.ts'

const concert = { name: 'Proms', date: '2031-05-01', venue: 'Hall', availableTickets: 9, ticketPrice: 12.5 }

const start = (env: Record<string, string>) =>
  listening(weir(['start', join(root, 'examples/box-office'), '--port', '0'], { cwd: temporaryFolder(), env }))

test('a request reaches the collector with the command that it led to, and what was counted', async () => {
  const { endpoint, received } = await startCollector()
  const { program, url } = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })
  expect(await post(`${url}/concerts`, concert)).toMatchObject({ status: 201 })
  expect(await program.end()).toEqual({ code: 0, signal: null })
  const spans = received('/v1/traces').flatMap((body) => JSON.parse(body).resourceSpans[0].scopeSpans[0].spans)
  const named = (name: string) => spans.find((span) => span.name === name)
  expect(named('command concert.schedule')).toMatchObject({ parentSpanId: named('POST /concerts').spanId })
  expect(received('/v1/traces').join()).toMatch(/"service\.name".{1,40}"box-office"/)
  expect(received('/v1/metrics').join()).toContain('"weir.commands"')
})

test('a collector that is down disturbs neither serving nor stopping', async () => {
  const { program, url } = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' })
  expect(await post(`${url}/concerts`, concert)).toMatchObject({ status: 201 })
  expect(await program.end()).toEqual({ code: 0, signal: null })
  expect(logLine(program, 'telemetry could not be sent')).toMatchObject({ level: 'warn' })
})
