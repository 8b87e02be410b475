import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { AlwaysOffSampler } from '@opentelemetry/sdk-trace'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { aggregate, app, policy, projection, provide, service } from '../definitions/index.ts'
import { systemClock } from '../ports/index.ts'
import { decodeCommit } from './codec.ts'
import { only, recordTelemetry, spanIdOf } from './telemetry.fixture.ts'
import { type Faults, World } from './world.fixture.ts'

interface Post {
  send(to: string): void
}

const Post = service<Post>('post')

const Order = aggregate('order', {
  events: { Placed: z.object({ item: z.string() }), Confirmed: z.object({}) },
  initialState: 0,
})
  .evolve({ Placed: (count) => count + 1, Confirmed: (count) => count })
  .commands({
    place: { input: z.object({ item: z.string() }), decide: (_, data) => ({ type: 'Placed', data }) },
    confirm: { input: z.object({}), decide: () => ({ type: 'Confirmed', data: {} }) },
  })

const Stock = aggregate('stock', { events: { Counted: z.object({}) }, initialState: 0 })
  .evolve({ Counted: (count) => count })
  .commands({ count: { input: z.object({}), decide: () => ({ type: 'Counted', data: {} }) } })

const Orders = projection('orders', { schema: z.object({ id: z.string(), item: z.string() }) }).create(Order, {
  Placed: ({ aggregateId, data }) => ({ id: aggregateId, item: data.item }),
})

const confirm = policy('confirm', { services: { post: Post }, attempts: 2 }).on(Order, {
  Placed: async (event, { post }) => {
    post.send(event.aggregateId)
    return Order.commands.confirm(event.aggregateId, {})
  },
})

const shop = app('shop', { routes: {}, aggregates: [Stock], projections: [Orders], policies: [confirm] })
const caller = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

async function start(send: Post['send'] = () => {}, faults: Faults = {}) {
  const world = await World.make()
  const runtime = await world.start(shop, faults, { services: [provide(Post, { send })] })
  const place = (id: string) => runtime.execute(Order.commands.place(id, { item: 'tea' }), { traceparent: caller })
  const recordedTraceparents = async () => {
    const { commits } = await world.events.readFeed(undefined, 100)
    return commits.flatMap(decodeCommit).map(({ traceparent }) => traceparent)
  }
  return { runtime, place, recordedTraceparents, run: <T>(work: Promise<T>) => world.run(work) }
}

describe('a batch of a projection', () => {
  test('is a trace of its own, linked to the commands that it folds the events of', async () => {
    const telemetry = recordTelemetry()
    const { runtime, place, run } = await start()
    await run(Promise.all([place('1'), place('2')]))
    await run(runtime.settled())
    const [span] = await telemetry.spans('projection orders')
    const placed = await telemetry.spans('command order.place')
    expect(span?.kind).toBe(SpanKind.CONSUMER)
    expect(span?.parentSpanContext).toBeUndefined()
    expect(span?.links.map((link) => link.context.spanId).sort()).toEqual(placed.map(spanIdOf).sort())
    expect(span?.attributes).toEqual({
      'weir.app': 'shop',
      'weir.consumer.kind': 'projection',
      'weir.consumer.name': 'orders',
      'weir.generation': 1,
      'weir.batch.events': 2,
      'weir.batch.documents': 2,
    })
  })

  test('has sixteen links at most', async () => {
    const telemetry = recordTelemetry()
    const { runtime, place, run } = await start()
    await run(Promise.all(Array.from({ length: 20 }, (_, index) => place(`${index}`))))
    await run(runtime.settled())
    const [span] = await telemetry.spans('projection orders')
    expect(span?.attributes['weir.batch.events']).toBe(20)
    expect(span?.links).toHaveLength(16)
  })

  test('is not told of when there is nothing in it for the projection', async () => {
    const telemetry = recordTelemetry()
    const { runtime, run } = await start()
    await run(runtime.execute(Stock.commands.count('1', {})))
    await run(runtime.settled())
    expect(await telemetry.spans('projection orders')).toEqual([])
  })
})

describe('a reaction of a policy', () => {
  test('hangs under the command that recorded its event, and its own commands under it', async () => {
    const telemetry = recordTelemetry()
    const { runtime, place, run } = await start()
    await run(place('1'))
    await run(runtime.settled())
    const reaction = await only(telemetry, 'policy confirm Placed')
    const placed = await only(telemetry, 'command order.place')
    const confirmed = await only(telemetry, 'command order.confirm')
    expect(reaction.kind).toBe(SpanKind.CONSUMER)
    expect(reaction.parentSpanContext?.spanId).toBe(spanIdOf(placed))
    expect(confirmed.parentSpanContext?.spanId).toBe(spanIdOf(reaction))
    expect(reaction.attributes).toEqual({
      'weir.app': 'shop',
      'weir.consumer.kind': 'policy',
      'weir.consumer.name': 'confirm',
      'weir.stream': 'order-1',
      'weir.version': 1,
      'weir.attempt': 1,
    })
  })

  test('is what runs while its handler calls services', async () => {
    const telemetry = recordTelemetry()
    const active: (string | undefined)[] = []
    const { runtime, place, run } = await start(() => {
      active.push(trace.getSpan(context.active())?.spanContext().spanId)
    })
    await run(place('1'))
    await run(runtime.settled())
    expect(active).toEqual([spanIdOf(await only(telemetry, 'policy confirm Placed'))])
  })

  test('that fails is an error, and the next attempt a span of its own', async () => {
    const telemetry = recordTelemetry()
    let calls = 0
    const { runtime, place, run } = await start(() => {
      if (++calls === 1) throw new Error('the post is closed')
    })
    await run(place('1'))
    await run(runtime.settled())
    const attempts = await telemetry.spans('policy confirm Placed')
    expect(attempts.map(({ attributes, status }) => [attributes['weir.attempt'], status.code])).toEqual([
      [1, SpanStatusCode.ERROR],
      [2, SpanStatusCode.UNSET],
    ])
  })

  test('that is not sampled hands on what led to its event', async () => {
    recordTelemetry(new AlwaysOffSampler())
    const { runtime, place, run, recordedTraceparents } = await start()
    await run(place('1'))
    await run(runtime.settled())
    expect(await recordedTraceparents()).toEqual([caller, caller])
  })
})

test('what an append wakes does not hang under it', async () => {
  recordTelemetry()
  const active: unknown[] = []
  const world = await World.make()
  const readFeed: Faults['events'] = (events) => ({
    readFeed: (cursor, limit) => {
      active.push(trace.getSpan(context.active()))
      return events.readFeed(cursor, limit)
    },
  })
  // In virtual time it is the test that wakes, not the append.
  const options = { clock: systemClock, services: [provide(Post, { send: () => {} })] }
  const runtime = await world.start(shop, { events: readFeed }, options)
  await runtime.settled()
  active.length = 0
  await runtime.execute(Order.commands.place('1', { item: 'tea' }))
  await runtime.settled()
  expect(active.length).toBeGreaterThan(0)
  expect(active.filter((span) => span !== undefined)).toEqual([])
  await runtime.stop()
})

describe('how far consumers are behind', () => {
  const of = (kind: string, name: string) => ({
    'weir.app': 'shop',
    'weir.consumer.kind': kind,
    'weir.consumer.name': name,
  })

  test('is told of each projection and policy, with the streams that are parked', async () => {
    const telemetry = recordTelemetry()
    const { runtime, place, run } = await start(() => {
      throw new Error('the post is closed')
    })
    await run(place('1'))
    await run(runtime.settled())
    const consumers = [of('projection', 'orders'), of('policy', 'confirm')]
    expect(await telemetry.measured('weir.consumer.lag')).toEqual(consumers.map((labels) => [labels, 0]))
    expect(await telemetry.measured('weir.consumer.parked')).toEqual([
      [consumers[0], 0],
      [consumers[1], 1],
    ])
  })

  test('is not asked for when the application has stopped', async () => {
    const telemetry = recordTelemetry()
    let asked = 0
    const { runtime, run } = await start(() => {}, {
      events: (events) => ({
        progress: (cursor) => {
          asked += 1
          return events.progress(cursor)
        },
      }),
    })
    await telemetry.measured('weir.consumer.lag')
    expect(asked).toBe(2)
    await run(runtime.stop())
    await telemetry.measured('weir.consumer.lag')
    expect(asked).toBe(2)
  })
})
