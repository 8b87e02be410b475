import { context, SpanStatusCode, trace } from '@opentelemetry/api'
import { AlwaysOffSampler } from '@opentelemetry/sdk-trace'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { aggregate, app, reject } from '../definitions/index.ts'
import { only, recordTelemetry, spanIdOf } from './telemetry.fixture.ts'
import { parseTraceparent } from './telemetry-context.ts'
import type { AcceptedOutcome } from './types.ts'
import { broken, type Faults, World } from './world.fixture.ts'

const Account = aggregate('account', { events: { Moved: z.object({ amount: z.int() }) }, initialState: 0 })
  .evolve({ Moved: (balance, { amount }) => balance + amount })
  .commands({
    deposit: {
      input: z.object({ amount: z.int().positive() }),
      decide: (_, { amount }) => ({ type: 'Moved', data: { amount } }),
    },
    withdraw: {
      input: z.object({ amount: z.int() }),
      decide: (balance, { amount }) =>
        balance < amount ? reject('poor', 'Too little') : { type: 'Moved', data: { amount: -amount } },
    },
    explode: {
      input: z.object({}),
      decide: () => {
        throw new RangeError('out of range')
      },
    },
  })

const bank = app('bank', { routes: {}, aggregates: [Account] })
const { deposit, withdraw, explode } = Account.commands

const caller = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

async function start(events?: Faults['events']) {
  const world = await World.make()
  const runtime = await world.start(bank, events ? { events } : {})
  return { world, runtime, run: <T>(work: Promise<T>) => world.run(work) }
}

const traceparentsOf = (outcome: unknown) =>
  (outcome as AcceptedOutcome).events.map(({ traceparent }) => parseTraceparent(traceparent)?.spanId)

describe('a command', () => {
  test('is a span under that of its caller, which its events name', async () => {
    const telemetry = recordTelemetry()
    const { runtime, run } = await start()
    const outcome = await run(runtime.execute(deposit('1', { amount: 5 }), { traceparent: caller }))
    const span = await only(telemetry, 'command account.deposit')
    expect(span.spanContext().traceId).toBe('0af7651916cd43dd8448eb211c80319c')
    expect(span.parentSpanContext?.spanId).toBe('b7ad6b7169203331')
    expect(traceparentsOf(outcome)).toEqual([spanIdOf(span)])
    expect(span.attributes).toEqual({
      'weir.app': 'bank',
      'weir.aggregate': 'account',
      'weir.command': 'deposit',
      'weir.stream': 'account-1',
      'weir.outcome': 'accepted',
    })
  })

  test('hangs under the span in which it is called, when nothing else is said', async () => {
    const telemetry = recordTelemetry()
    const { runtime, run } = await start()
    const span = trace.getTracer('test').startSpan('import')
    await context.with(trace.setSpan(context.active(), span), () => run(runtime.execute(deposit('1', { amount: 5 }))))
    const command = await only(telemetry, 'command account.deposit')
    expect(command.parentSpanContext?.spanId).toBe(span.spanContext().spanId)
  })

  test('that is new names the stream that it made', async () => {
    const telemetry = recordTelemetry()
    const { runtime, run } = await start()
    const outcome = await run(runtime.execute(deposit.create({ amount: 5 })))
    const span = await only(telemetry, 'command account.deposit')
    expect(span.attributes['weir.stream']).toBe(`account-${(outcome as AcceptedOutcome).id}`)
  })

  test('that is not sampled leaves to its events what its caller said', async () => {
    const telemetry = recordTelemetry(new AlwaysOffSampler())
    const { runtime, run } = await start()
    const outcome = await run(runtime.execute(deposit('1', { amount: 5 }), { traceparent: caller }))
    expect((outcome as AcceptedOutcome).events.map(({ traceparent }) => traceparent)).toEqual([caller])
    const untraced = await run(runtime.execute(deposit('1', { amount: 5 })))
    expect((untraced as AcceptedOutcome).events.map(({ traceparent }) => traceparent)).toEqual([undefined])
    expect(await telemetry.spans()).toEqual([])
  })

  test('that is rejected says why, and is no error', async () => {
    const telemetry = recordTelemetry()
    const { runtime, run } = await start()
    await run(runtime.execute(withdraw('1', { amount: 5 })))
    const span = await only(telemetry, 'command account.withdraw')
    expect(span.attributes).toMatchObject({ 'weir.outcome': 'rejected', 'weir.rejection': 'poor' })
    expect(span.status.code).toBe(SpanStatusCode.UNSET)
  })

  test('whose decision throws is an error, and its caller hears of it', async () => {
    const telemetry = recordTelemetry()
    const { runtime, run } = await start()
    await expect(run(runtime.execute(explode('1', {})))).rejects.toThrow('out of range')
    const span = await only(telemetry, 'command account.explode')
    expect(span.attributes).toMatchObject({ 'weir.outcome': 'failed', 'error.type': 'RangeError' })
    expect(span.status).toEqual({ code: SpanStatusCode.ERROR, message: 'out of range' })
    expect(span.events.map(({ name }) => name)).toEqual(['exception'])
  })

  test('is counted and timed by what became of it', async () => {
    const telemetry = recordTelemetry()
    let isBroken = false
    const { runtime, run } = await start((events) => ({
      append: (group) => (isBroken ? broken() : events.append(group)),
    }))
    const once = { commandId: 'once' }
    for (const message of [deposit('1', { amount: 5 }), deposit('1', { amount: 5 })]) {
      await run(runtime.execute(message, once))
    }
    await run(runtime.execute(deposit('1', { amount: 7 }), once))
    await run(runtime.execute(deposit('1', { amount: -1 })))
    await run(runtime.execute(withdraw('1', { amount: 9 })))
    isBroken = true
    await expect(run(runtime.execute(deposit('1', { amount: 1 })))).rejects.toThrow('cannot be used')
    const words = (counted: [Record<string, unknown>, number][]) =>
      counted.map(([labels, count]) => [labels['weir.command'], labels['weir.outcome'], count])
    const expected = [
      ['deposit', 'accepted', 1],
      ['deposit', 'repeated', 1],
      ['deposit', 'id-reused', 1],
      ['deposit', 'invalid', 1],
      ['withdraw', 'rejected', 1],
      ['deposit', 'unavailable', 1],
    ]
    expect(words(await telemetry.measured('weir.commands'))).toEqual(expected)
    expect(words(await telemetry.measured('weir.command.duration'))).toEqual(expected)
  })
})

describe('a group of appends', () => {
  test('is a trace of its own, linked to the commands that share it', async () => {
    const telemetry = recordTelemetry()
    const { runtime, run } = await start()
    const messages = [deposit('1', { amount: 1 }), deposit('1', { amount: 2 }), deposit('2', { amount: 3 })]
    await run(Promise.all(messages.map((message) => runtime.execute(message, { traceparent: caller }))))
    const commands = (await telemetry.spans('command account.deposit')).map(spanIdOf)
    const append = await only(telemetry, 'append')
    expect(append.parentSpanContext).toBeUndefined()
    expect(append.links.map((link) => link.context.spanId).sort()).toEqual(commands.sort())
    expect(append.attributes).toEqual({
      'weir.app': 'bank',
      'weir.append.commands': 3,
      'weir.append.events': 3,
      'weir.append.streams': 2,
    })
  })

  test('is timed, and its events counted', async () => {
    const telemetry = recordTelemetry()
    const { runtime, run } = await start()
    await run(Promise.all([1, 2].map((amount) => runtime.execute(deposit('1', { amount })))))
    await run(runtime.execute(withdraw('2', { amount: 9 })))
    const labels = { 'weir.app': 'bank', 'weir.aggregate': 'account' }
    expect(await telemetry.measured('weir.events.appended')).toEqual([[labels, 2]])
    expect(await telemetry.measured('weir.append.duration')).toEqual([
      [{ 'weir.app': 'bank', 'weir.outcome': 'appended' }, 2],
    ])
    expect(await telemetry.measured('weir.conflicts')).toEqual([])
  })

  test('counts those that another process overtook', async () => {
    const telemetry = recordTelemetry()
    const { world, runtime, run } = await start()
    await run(runtime.execute(deposit('1', { amount: 5 })))
    await world.behind('account-1', 1, 'Moved', { amount: 9 })
    await run(runtime.execute(deposit('1', { amount: 5 })))
    const labels = { 'weir.app': 'bank', 'weir.aggregate': 'account' }
    expect(await telemetry.measured('weir.conflicts')).toEqual([[labels, 1]])
    expect(await telemetry.measured('weir.events.appended')).toEqual([[labels, 2]])
  })

  test('that the store refuses is an error', async () => {
    const telemetry = recordTelemetry()
    const { runtime, run } = await start(() => ({ append: broken }))
    await expect(run(runtime.execute(deposit('1', { amount: 5 })))).rejects.toThrow('cannot be used')
    expect((await only(telemetry, 'append')).status).toEqual({ code: SpanStatusCode.ERROR, message: 'disk full' })
    expect((await only(telemetry, 'command account.deposit')).attributes['weir.outcome']).toBe('unavailable')
    expect(await telemetry.measured('weir.events.appended')).toEqual([])
  })
})

test('what an application does is the same with telemetry as without', async () => {
  const log = async () => {
    const { world, runtime, run } = await start()
    for (const amount of [1, 2, 3]) await run(runtime.execute(deposit.create({ amount })))
    const { commits } = await world.events.readFeed(undefined, 100)
    return commits.map(({ stream, payload }) => [stream, payload.replaceAll(/,"traceparent":"[^"]+"/g, '')])
  }
  const without = await log()
  recordTelemetry()
  expect(await log()).toEqual(without)
})
