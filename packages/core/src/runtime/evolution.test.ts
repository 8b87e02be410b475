import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { aggregate, app, projection, versions } from '../definitions/index.ts'
import { UndecodableEventError } from './errors.ts'
import type { Runtime } from './types.ts'
import { World } from './world.fixture.ts'

/** One application over its life: what its first version recorded is read by its second, and the other way round. */

const seated = z.object({ seats: z.int() })
const inRows = z.object({ rows: z.int(), venue: z.string().default('unknown') })

/** A concert with a schema for its event, and what makes an event's data of a number of seats. */
function concertWith(Scheduled: z.ZodType<object>, dataOf: (seats: number) => object) {
  const Concert = aggregate('concert', { events: { Scheduled }, initialState: [] as readonly object[] })
    .evolve({ Scheduled: (state, data) => [...state, data] })
    .commands({
      schedule: { input: seated, decide: (_, { seats }) => ({ type: 'Scheduled', data: dataOf(seats) }) },
      look: { input: z.object({}), decide: () => undefined },
    })
  const schema = z.object({ id: z.string(), all: z.array(z.unknown()), schemaVersion: z.int() })
  const Concerts = projection('concerts', { schema }).upsert(Concert, {
    Scheduled: (concert, { aggregateId: id, data, schemaVersion }) => {
      return { id, all: [...(concert?.all ?? []), data], schemaVersion }
    },
  })
  const writing = app('concerts', { routes: {}, aggregates: [Concert] })
  return { Concerts, writing, app: app('concerts', { routes: {}, projections: [Concerts] }), ...Concert.commands }
}

const before = concertWith(seated, (seats) => ({ seats }))
const upcast = ({ seats }: { readonly seats: number }) => {
  if (seats < 0) throw new Error('no hall is that small')
  return { rows: seats / 10 }
}
const after = concertWith(versions(seated).upcast(inRows, upcast), (seats) => ({ rows: seats / 10, venue: 'Hall' }))

/** The world after an application without read models has scheduled concerts of so many seats, by concert. */
async function scheduled(by: typeof before, concerts: Readonly<Record<string, readonly number[]>>): Promise<World> {
  const world = await World.make()
  const runtime = await world.start(by.writing)
  for (const [id, all] of Object.entries(concerts)) {
    // All at once, so that one commit has them all.
    const executions = all.map((seats) => runtime.execute(by.schedule(id, { seats }), { commandId: `${id} ${seats}` }))
    await world.run(Promise.all(executions))
  }
  await world.run(runtime.stop())
  return world
}

async function documentOf(world: World, runtime: Runtime, { Concerts }: typeof before, id: string) {
  await world.run(runtime.settled())
  return (await world.run(runtime.get(Concerts, id))).document
}

describe('G12 an event of an older version', () => {
  test('is decided on as the newest describes it', async () => {
    const world = await scheduled(before, { a: [200] })
    const runtime = await world.start(after.app)
    const outcome = await world.run(runtime.execute(after.look('a', {})))
    expect(outcome).toMatchObject({ outcome: 'accepted', state: [{ rows: 20, venue: 'unknown' }] })
  })

  test('is folded into documents as the newest describes it, and says so', async () => {
    const world = await scheduled(before, { a: [200] })
    const runtime = await world.start(after.app)
    expect(await documentOf(world, runtime, after, 'a')).toEqual({
      id: 'a',
      all: [{ rows: 20, venue: 'unknown' }],
      schemaVersion: 2,
    })
  })

  test('is answered again as the newest describes it', async () => {
    const world = await scheduled(before, { a: [200] })
    const runtime = await world.start(after.app)
    const again = await world.run(runtime.execute(after.schedule('a', { seats: 200 }), { commandId: 'a 200' }))
    expect(again).toMatchObject({
      repeated: true,
      events: [{ data: { rows: 20, venue: 'unknown' }, schemaVersion: 2 }],
    })
  })

  test('stays as it was recorded, and only what is new has another version', async () => {
    const world = await scheduled(before, { a: [200] })
    const runtime = await world.start(after.app)
    const outcome = await world.run(runtime.execute(after.schedule('a', { seats: 50 })))
    expect(outcome).toMatchObject({ events: [{ schemaVersion: 2 }] })
    const [old, recent] = (await world.events.readStream('concert-a', 0, 10)).map(({ payload }) => JSON.parse(payload))
    expect(old.events).toEqual([expect.not.objectContaining({ schemaVersion: expect.anything() })])
    expect(old.events).toMatchObject([{ data: { seats: 200 } }])
    expect(recent.events).toMatchObject([{ data: { rows: 5, venue: 'Hall' }, schemaVersion: 2 }])
  })
})

describe('G12 an event that cannot be read', () => {
  const look = (world: World, runtime: Runtime, by: typeof before, id: string) =>
    world.run(runtime.execute(by.look(id, {})))

  test('because its upcaster fails is parked, with what stands behind it but not what stands before it', async () => {
    const world = await scheduled(before, { a: [200, -1, 300], b: [100] })
    const runtime = await world.start(after.app)
    expect(await documentOf(world, runtime, after, 'a')).toMatchObject({ all: [{ rows: 20 }] })
    expect(await documentOf(world, runtime, after, 'b')).toMatchObject({ all: [{ rows: 10 }] })
    const failure = await look(world, runtime, after, 'a').catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(UndecodableEventError)
    expect(failure).toMatchObject({ message: "'Scheduled' at 2 cannot be read: no hall is that small" })
    expect(await look(world, runtime, after, 'b')).toMatchObject({ outcome: 'accepted' })
  })

  test('because a newer application wrote it is parked, and its stream is not decided on', async () => {
    const world = await scheduled(after, { a: [200] })
    const runtime = await world.start(before.app)
    expect(await documentOf(world, runtime, before, 'a')).toBeUndefined()
    await expect(look(world, runtime, before, 'a')).rejects.toThrow(
      "'Scheduled' at 1 cannot be read: it was written by a newer version of the application",
    )
  })
})
