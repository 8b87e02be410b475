import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { app, projection, rawAggregate } from '../definitions/index.ts'
import { World } from './world.fixture.ts'

/** Raw aggregates: whatever comes is recorded, what is known is checked and folded, the rest is passed over (G12). */

const Items = rawAggregate('items', {
  events: {
    ITEM_CREATED: z.object({ itemId: z.string(), amount: z.int() }),
    ITEM_DELETED: z.object({ itemId: z.string(), reason: z.string().default('none') }),
  },
})

const Amounts = projection('amounts', { schema: z.object({ id: z.string(), amount: z.int() }) })
  .upsert(
    Items,
    { ITEM_CREATED: (_, { data }) => ({ id: data.itemId, amount: data.amount }) },
    {
      id: ({ data }) => data.itemId,
    },
  )
  .remove(Items, ['ITEM_DELETED'], { id: ({ data }) => data.itemId })

const inventory = app('inventory', { routes: {}, projections: [Amounts] })

async function start(world?: World) {
  const stage = world ?? (await World.make())
  const reads: string[] = []
  const runtime = await stage.start(inventory, {
    events: (store) => ({
      readStream: (stream, ...place) => {
        reads.push(stream)
        return store.readStream(stream, ...place)
      },
    }),
  })
  const append = (type: string, data: object, commandId?: string) =>
    stage.run(runtime.execute(Items.commands.append('shelf', { type, data } as never), commandId ? { commandId } : {}))
  const dataOf = async () =>
    (await stage.events.readStream('items-shelf', 0, 100)).flatMap(({ payload }) =>
      JSON.parse(payload).events.map(({ type, data }: { type: string; data: unknown }) => [type, data]),
    )
  return { world: stage, runtime, append, dataOf, reads }
}

describe('an event of a raw aggregate', () => {
  test('is recorded as its schema parses it when its type is known, and as it is when it is not', async () => {
    const { append, dataOf } = await start()
    expect(await append('ITEM_DELETED', { itemId: 'a', more: true })).toMatchObject({ outcome: 'accepted', version: 1 })
    expect(await append('ANYTHING', { deep: { list: [1, null] } })).toMatchObject({
      outcome: 'accepted',
      version: 2,
      events: [{ type: 'ANYTHING', schemaVersion: 1, data: { deep: { list: [1, null] } } }],
    })
    expect(await dataOf()).toEqual([
      ['ITEM_DELETED', { itemId: 'a', reason: 'none' }],
      ['ANYTHING', { deep: { list: [1, null] } }],
    ])
  })

  test.each(['constructor', '__proto__', 'toString', ' ', 'é'.repeat(200)])('may be of the type %j', async (type) => {
    const { append, dataOf } = await start()
    expect(await append(type, {})).toMatchObject({ outcome: 'accepted' })
    expect(await dataOf()).toEqual([[type, {}]])
  })

  test.each<[string, string, unknown, string[]]>([
    ['its data is not what is known of it', 'ITEM_CREATED', { itemId: 5, amount: 'x' }, ['data.itemId', 'data.amount']],
    ['it has no type', '', {}, ['type']],
    ['its type is too long', 'x'.repeat(201), {}, ['type']],
    ['its type would steer a terminal', '\x1b[2J', {}, ['type']],
    ['its type holds a half of a character', 'A\ud800', {}, ['type']],
    [
      'its numbers are none that JSON can hold',
      'ANYTHING',
      JSON.parse('{"a":1e999,"b":[0,{"c":-1e999}]}'),
      ['data.a', 'data.b.1.c'],
    ],
    ['a number of a known type is none', 'ITEM_CREATED', { itemId: 'a', amount: 1, more: Number.NaN }, ['data.more']],
    ['a known number is none, once', 'ITEM_CREATED', { itemId: 'a', amount: Number.NaN }, ['data.amount']],
    ['its data is no object', 'ANYTHING', 5, ['data']],
    ['its data is a list', 'ANYTHING', [], ['data']],
  ])('G11 is refused when %s', async (_, type, data, fields) => {
    const { append, dataOf } = await start()
    const outcome = await append(type, data as object)
    expect(outcome.outcome === 'invalid' && outcome.faults.map(({ field }) => field)).toEqual(fields)
    expect(await dataOf()).toEqual([])
  })

  test('G6 is recorded once under one id, and answered again as it was', async () => {
    const { append, dataOf } = await start()
    const first = await append('ANYTHING', { n: 1 }, 'k')
    const again = await append('ANYTHING', { n: 1 }, 'k')
    expect(again).toEqual({ ...first, token: expect.any(String), repeated: true })
    expect(await dataOf()).toHaveLength(1)
  })

  test('G12 is passed over by projections when its type is not known', async () => {
    const { world, runtime, append } = await start()
    await append('ANYTHING', {})
    await append('ITEM_CREATED', { itemId: 'a', amount: 2 })
    await append('constructor', {})
    const last = await append('ITEM_CREATED', { itemId: 'b', amount: 3 })
    const token = last.outcome === 'accepted' ? last.token : ''
    expect(await world.run(runtime.list(Amounts, { token }))).toMatchObject({
      documents: [
        { id: 'a', amount: 2 },
        { id: 'b', amount: 3 },
      ],
      consistency: 'reached',
    })
  })
})

describe('a stream of a raw aggregate', () => {
  test('is never read to append to it, however long it is', async () => {
    const world = await World.make()
    for (let version = 0; version < 300; version += 1) await world.behind('items-shelf', version, 'ANYTHING', {})
    const { append, reads } = await start(world)
    expect(await append('ANYTHING', {})).toMatchObject({ outcome: 'accepted', version: 301, state: undefined })
    expect(reads).toEqual([])
  })

  test('G1 goes on where it is when another process has appended to it', async () => {
    const { world, append } = await start()
    await append('ANYTHING', {})
    await world.behind('items-shelf', 1, 'ITEM_DELETED', { itemId: 'a' })
    expect(await append('ANYTHING', {})).toMatchObject({ outcome: 'accepted', version: 3 })
  })
})
