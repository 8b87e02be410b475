import { expect, test } from 'vitest'
import { aggregate, app, policy, type RecordedEvent, route } from 'weir'
import { memoryEngine } from 'weir/memory'
import { startRuntime } from 'weir/runtime'
import * as z from 'zod'
import { createHttpApp } from '../app.ts'
import { recordTelemetry } from './recorded-telemetry.fixture.ts'

/** An order is packed, and what is packed is sent: each by a policy. */

const noInput = z.object({})

const Order = aggregate('order', { events: { Placed: noInput }, initialState: 0 })
  .evolve({ Placed: (count) => count + 1 })
  .commands({ place: { input: noInput, decide: () => ({ type: 'Placed', data: {} }) } })

const Parcel = aggregate('parcel', { events: { Packed: noInput, Sent: noInput }, initialState: 0 })
  .evolve({ Packed: (count) => count + 1, Sent: (count) => count + 1 })
  .commands({
    pack: { input: noInput, decide: () => ({ type: 'Packed', data: {} }) },
    send: { input: noInput, decide: () => ({ type: 'Sent', data: {} }) },
  })

const pack = policy('pack').on(Order, { Placed: (event) => Parcel.commands.pack(event.aggregateId, {}) })
const send = policy('send').on(Parcel, { Packed: (event) => Parcel.commands.send(event.aggregateId, {}) })

const shop = app('shop', {
  routes: { 'PUT /orders/:id': route(Order.commands.place, { status: 200 }) },
  aggregates: [Parcel],
  policies: [pack, send],
})

const caller = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

/** Places an order over HTTP; answers the three events that follow. */
async function order(headers: Record<string, string>): Promise<RecordedEvent[]> {
  const engine = await memoryEngine()('shop')
  const runtime = await startRuntime(shop, { engine: async () => engine })
  const http = createHttpApp({ mounts: [{ base: '', runtime }] })
  const init = { method: 'PUT', body: '{}', headers: { 'content-type': 'application/json', ...headers } }
  expect((await http.request('/orders/1', init)).status).toBe(200)
  await runtime.settled()
  const { commits } = await engine.events.readFeed(undefined, 10)
  await runtime.stop()
  return commits.flatMap(({ payload }) => JSON.parse(payload).events)
}

test('all that follows from a request bears its id, and each event names the one that led to it', async () => {
  const [placed, packed, sent] = await order({ 'x-request-id': 'req-1', traceparent: caller })
  expect([placed?.type, packed?.type, sent?.type]).toEqual(['Placed', 'Packed', 'Sent'])
  for (const event of [placed, packed, sent])
    expect(event).toMatchObject({ correlationId: 'req-1', traceparent: caller })
  expect(packed?.causationId).toBe(placed?.id)
  expect(sent?.causationId).toBe(packed?.id)
  expect(new Set([placed, packed, sent].map((event) => event?.commandId)).size).toBe(3)
})

test('and is one trace, from the caller to the last event', async () => {
  const telemetry = recordTelemetry()
  const events = await order({ 'x-request-id': 'req-1', traceparent: caller })
  const spans = new Map(telemetry.spans().map((span) => [span.spanContext().spanId, span]))
  const traces = new Set(
    [...spans.values()].filter(({ name }) => name !== 'append').map((span) => span.spanContext().traceId),
  )
  expect([...traces]).toEqual(['0af7651916cd43dd8448eb211c80319c'])
  const path: string[] = []
  let id = events.at(-1)?.traceparent?.split('-')[2] ?? ''
  for (let span = spans.get(id); span; span = spans.get(id)) {
    path.unshift(span.name)
    id = span.parentSpanContext?.spanId ?? ''
  }
  expect([id, ...path]).toEqual([
    'b7ad6b7169203331',
    'PUT /orders/:id',
    'command order.place',
    'policy pack Placed',
    'command parcel.pack',
    'policy send Packed',
    'command parcel.send',
  ])
})
