import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { startRuntime } from '../runtime/index.ts'
import { World } from '../runtime/world.fixture.ts'
import { reacting } from '../testing/index.ts'
import {
  aggregate,
  app,
  EventBus,
  type PublicEvent,
  policy,
  provide,
  publicEvents,
  rawAggregate,
  withPublicEvents,
} from './index.ts'

const Parcel = aggregate('parcel', {
  events: { Packed: z.object({ by: z.string() }), Sent: z.object({ carrier: z.string() }), Returned: z.object({}) },
  public: ['Sent', 'Returned'],
  initialState: 0,
})
  .evolve({ Packed: (count) => count + 1, Sent: (count) => count + 1, Returned: (count) => count + 1 })
  .commands({
    send: {
      input: z.object({ carrier: z.string() }),
      decide: (_, { carrier }) => [
        { type: 'Packed', data: { by: 'Ada' } },
        { type: 'Sent', data: { carrier } },
      ],
    },
    return: { input: z.object({}), decide: () => ({ type: 'Returned', data: {} }) },
  })
const Inbox = rawAggregate('inbox', { events: { SCANNED: z.object({ code: z.string() }) }, public: ['SCANNED'] })
const Draft = aggregate('draft', { events: { Written: z.object({}) }, initialState: 0 })
  .evolve({ Written: (count) => count + 1 })
  .commands({})

const post = app('post', { routes: {}, aggregates: [Parcel, Inbox, Draft] })

/** A bus that keeps what it was given, and says no as long as it is told to. */
function busThat(refuses: (event: PublicEvent) => boolean = () => false) {
  const taken: PublicEvent[] = []
  const tried: PublicEvent[] = []
  const bus = provide(EventBus, {
    publish: async (events) => {
      tried.push(...events)
      if (events.some(refuses)) throw new Error('the bus is away')
      taken.push(...events)
    },
  })
  return { bus, taken, tried }
}

describe('public events', () => {
  test('are those that an aggregate names; their policy takes these and no others to the bus', async () => {
    expect([Parcel.public, Inbox.public, Draft.public]).toEqual([['Sent', 'Returned'], ['SCANNED'], []])
    const { bus, taken } = busThat()
    const policy = reacting(publicEvents(post), { services: [bus] })
    const packed = Parcel.event('Packed', { by: 'Ada' })
    const steps = await policy.to(Parcel, 'p-1', packed, Parcel.event('Sent', { carrier: 'x' }), packed)
    await policy.to(Inbox, 'box', Inbox.event('SCANNED', { code: '7' }))
    await policy.to(Draft, 'd-1', Draft.event('Written', {}))
    expect(steps).toEqual([])
    expect(taken).toEqual([
      {
        id: expect.any(String),
        type: 'Sent',
        source: 'post',
        aggregate: 'parcel',
        aggregateId: 'p-1',
        version: 2,
        recordedAt: expect.stringMatching(/^\d{4}-.*Z$/),
        data: { carrier: 'x' },
      },
      expect.objectContaining({ type: 'SCANNED', aggregate: 'inbox', aggregateId: 'box', version: 1 }),
    ])
  })

  test('are published at least once, in the order of their stream, however often the bus says no', async () => {
    let refusals = 3
    const { bus, taken, tried } = busThat(({ aggregateId }) => aggregateId === 'a' && refusals-- > 0)
    const world = await World.make()
    const runtime = await world.start(withPublicEvents(post), {}, { services: [bus] })
    for (const id of ['a', 'b']) {
      await world.run(runtime.execute(Parcel.commands.send(id, { carrier: 'x' })))
      await world.run(runtime.execute(Parcel.commands.return(id, {})))
    }
    await world.run(runtime.settled())
    const ofStream = (id: string) => taken.filter((event) => event.aggregateId === id).map(({ type }) => type)
    expect([ofStream('a'), ofStream('b')]).toEqual([
      ['Sent', 'Returned'],
      ['Sent', 'Returned'],
    ])
    const sent = tried.filter(({ aggregateId, type }) => aggregateId === 'a' && type === 'Sent')
    expect(sent).toHaveLength(4)
    expect(new Set(sent.map(({ id }) => id)).size).toBe(1)
    await world.run(runtime.stop())
  })

  test('G10 one that the bus never takes parks its stream, and no other', async () => {
    const { bus, taken } = busThat(({ aggregateId }) => aggregateId === 'bad')
    const world = await World.make()
    const runtime = await world.start(withPublicEvents(post), {}, { services: [bus] })
    for (const id of ['bad', 'good']) await world.run(runtime.execute(Parcel.commands.send(id, { carrier: 'x' })))
    await world.run(runtime.settled())
    expect(taken).toMatchObject([{ aggregateId: 'good' }])
    expect(await world.run(runtime.operations.deadLetters())).toMatchObject([
      { consumer: 'public-events', stream: 'parcel-bad', version: 2, error: 'the bus is away' },
    ])
    await world.run(runtime.stop())
  })
})

describe('an application', () => {
  test('gets the policy and its service only when it has public events', () => {
    const published = withPublicEvents(post)
    expect(published.policies.map(({ name }) => name)).toEqual(['public-events'])
    expect(published.services).toEqual([EventBus])
    const drafts = app('drafts', { routes: {}, aggregates: [Draft] })
    expect(withPublicEvents(drafts)).toBe(drafts)
  })

  test('does not start without a bus', async () => {
    const { engine } = await World.make()
    await expect(startRuntime(withPublicEvents(post), { engine: async () => engine })).rejects.toThrow(/event-bus/)
  })

  test('that has something of that name already is refused', () => {
    const taken = policy('public-events').on(Parcel, { Sent: () => undefined })
    const other = app('post', { routes: {}, policies: [taken] })
    expect(() => withPublicEvents(other)).toThrow(/'public-events': this name is of the policy for public events/)
  })
})
