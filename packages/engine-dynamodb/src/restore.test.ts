import { GetItemCommand, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import { expect, it } from 'vitest'
import { aggregate, app, reject } from 'weir'
import type { CommandRecord, Engine } from 'weir/ports'
import { startRuntime } from 'weir/runtime'
import * as z from 'zod'
import { Commits, toItem } from './commits.ts'
import type { Dynamo } from './dynamo.ts'
import { identify } from './epoch.ts'
import { Heads } from './heads.ts'
import { LostRecords } from './lost-records.ts'
import { openPlacing } from './placing.ts'
import { Records } from './records.ts'
import { append, feedOf, one, useStage } from './testing.fixture.ts'

/** Tables that were restored: the index to a time before the last of the events. */

const stage = useStage()

async function copyTable(dynamo: Dynamo, from: string, to: string): Promise<void> {
  const { Items = [] } = await dynamo.send(new ScanCommand({ TableName: from, ConsistentRead: true }))
  await Promise.all(Items.map((Item) => dynamo.send(new PutItemCommand({ TableName: to, Item }))))
}

/** Restores the index as it is after what was done before, and the events as they are after what was done between. */
async function restored(before: (engine: Engine) => Promise<unknown>, between: (engine: Engine) => Promise<unknown>) {
  const [original, tables] = [stage.names(), stage.names()]
  const engine = await stage.open(original)
  const dynamo = await stage.dynamo(tables)
  await before(engine)
  await engine.events.feedEnd()
  await copyTable(dynamo, original.index, tables.index)
  await between(engine)
  await engine.events.feedEnd()
  await copyTable(dynamo, original.events, tables.events)
  return { dynamo, tables }
}

const recordOf = (commandId: string, stream: string, version = 1): CommandRecord => {
  return { commandId, stream, version, count: 1, hash: `hash of ${commandId}` }
}

const place = (record: CommandRecord, ...beside: string[]) => ({
  streams: [record.stream, ...beside].flatMap((stream) => one(stream, 'any').streams),
  commands: [record],
})

const early = recordOf('early', 'order-1')
const late = recordOf('late', 'order-1', 2)
const first = recordOf('first', 'order-2')

/** Commands of orders; those of the span between the two times are `late` and `first`. */
function restoredOrders() {
  return restored(
    ({ events }) => append(events, place(early)),
    ({ events }) => events.append([place(late), place(first, 'stock-1')]),
  )
}

it('G6 a command that is sent again is found by its streams, and not recorded twice', async () => {
  const { tables } = await restoredOrders()
  const { events } = await stage.open(tables, { places: false })
  expect(await events.findCommand('early', ['order-1'])).toEqual(early)
  expect(await events.findCommand('late', ['order-1'])).toEqual(late)
  expect(await events.findCommand('other', ['order-1', 'order-9'])).toBeUndefined()
  expect(await append(events, place(first, 'stock-1'))).toEqual({ outcome: 'duplicate', commandId: 'first' })
  expect(await events.findCommand('first')).toEqual(first)
})

it('G6 a command whose stream got nothing is found by any that it wrote to', async () => {
  const moved = { ...recordOf('moved', 'order-7', 0), count: 0 }
  const { streams } = place(recordOf('', 'stock-1'), 'stock-2')
  const { tables } = await restored(
    async () => {},
    ({ events }) => append(events, { streams, commands: [moved] }),
  )
  const { events } = await stage.open(tables, { places: false })
  expect(await events.findCommand('moved', ['stock-2'])).toEqual(moved)
})

it('G6 an index that was lost altogether is one that lacks all', async () => {
  const [original, tables] = [stage.names(), stage.names()]
  const engine = await stage.open(original, { places: false })
  await engine.events.append([place(early), place(first, 'stock-1')])
  const dynamo = await stage.dynamo(tables)
  expect((await identify(await stage.dynamo())).isRestored).toBe(false)
  await copyTable(dynamo, original.events, tables.events)
  const { events } = await stage.open(tables, { places: false })
  expect(await append(events, place(early))).toEqual({ outcome: 'duplicate', commandId: 'early' })
  expect(await events.findCommand('first', ['order-2'])).toEqual(first)
})

it('G6 who places what the index lacks puts back the records of commands before', async () => {
  const { dynamo, tables } = await restoredOrders()
  const placing = await openPlacing({ tables, endpoint: stage.endpoint })
  const { Items = [] } = await dynamo.send(new ScanCommand({ TableName: tables.events }))
  await placing.placeRecords(Items.map((NewImage) => ({ dynamodb: { NewImage } })))
  placing.close()
  const { events } = await stage.open(tables, { places: false })
  expect(await feedOf(events)).toEqual(
    new Map([
      ['order-1', [1, 2]],
      ['order-2', [1]],
      ['stock-1', [1]],
    ]),
  )
  expect(await events.findCommand('late')).toEqual(late)
  expect(await events.findCommand('first')).toEqual(first)
})

it('G6 a reading of the whole table puts back all, and it is over; what was read before the restore does not count', async () => {
  const { dynamo, tables } = await restored(
    async ({ events }) => {
      await append(events, place(early))
    },
    ({ events }) => events.append([place(late), place(first, 'stock-1')]),
  )
  const read = { epoch: { S: 'before' }, segments: { S: '["done","done","done","done"]' }, read: { N: '9' } }
  const note = { pk: { S: 'reconcile' }, sk: { S: '-' }, ...read }
  await dynamo.send(new PutItemCommand({ TableName: tables.index, Item: note }))
  const isRestored = async () => {
    const key = { pk: { S: 'meta' }, sk: { S: '-' } }
    const { Item } = await dynamo.send(new GetItemCommand({ TableName: tables.index, Key: key, ConsistentRead: true }))
    return Item?.restored?.BOOL ?? false
  }
  const placing = await openPlacing({ tables, endpoint: stage.endpoint })
  expect(await isRestored()).toBe(true)
  expect(await placing.reconcile({ goesOn: true })).toMatchObject({ isDone: true, read: 4 })
  expect(await isRestored()).toBe(false)
  placing.close()
  const { events } = await stage.open(tables, { places: false })
  const commands = await events.commands(undefined, 10)
  expect(commands).toHaveLength(3)
  expect(commands).toEqual(expect.arrayContaining([early, late, first]))
  expect((await feedOf(events)).get('order-1')).toEqual([1, 2])
})

it('G6 what a long stream has lost is put back bit by bit: calls that wait for a connection would fail', async () => {
  const dynamo = await stage.dynamo()
  const commits = Array.from({ length: 150 }, (_, index) => recordOf(`key-${index}`, 'order-1', index + 1))
  for (const record of commits) {
    const Item = toItem({ ...record, payload: '[]' }, record.commandId, [record])
    await dynamo.send(new PutItemCommand({ TableName: dynamo.tables.events, Item }))
  }
  let [underWay, most] = [0, 0]
  const count = (by: number) => {
    underWay += by
    most = Math.max(most, underWay)
  }
  dynamo.client.middlewareStack.add(
    (next) => (args) => {
      count(1)
      return next(args).finally(() => count(-1))
    },
    { step: 'initialize' },
  )
  const records = new Records(dynamo)
  await records.putBack(await new Commits(dynamo).commandsFrom('order-1', 1))
  expect(most).toBeLessThan(64)
  expect((await records.recorded(commits.map(({ commandId }) => commandId))).size).toBe(commits.length)
})

/** Tells how often it was looked for commands of a stream. */
class CountedCommits extends Commits {
  looks = 0

  override commandsFrom(...place: Parameters<Commits['commandsFrom']>) {
    this.looks += 1
    return super.commandsFrom(...place)
  }
}

it('what is not missing is looked for once, and not at all when another process has read the whole table', async () => {
  const { dynamo, tables } = await restoredOrders()
  const placing = await openPlacing({ tables, endpoint: stage.endpoint })
  const openLost = async () => {
    const commits = new CountedCommits(dynamo)
    const services = { dynamo, commits, records: new Records(dynamo), heads: new Heads(dynamo) }
    return { commits, lost: LostRecords.after(await identify(dynamo), services) }
  }
  const [before, during] = [await openLost(), await openLost()]
  await before.lost?.restore(['order-1'])
  await before.lost?.restore(['order-1'])
  expect(before.commits.looks).toBe(1)
  await placing.reconcile()
  placing.close()
  await during.lost?.restore(['order-1'])
  expect(during.commits.looks).toBe(0)
  expect((await openLost()).lost).toBeUndefined()
})

it('G6 as many commands with keys as an append may hold fit beside as many events', async () => {
  const { events } = await stage.open(stage.names(), { places: false })
  const { commands, text } = events.limits
  const records = Array.from({ length: commands }, (_, index) => recordOf(`key-${index}`.padEnd(255, '.'), 'order-1'))
  const ids = records.reduce((sum, { commandId, hash }) => sum + commandId.length + hash.length, 0)
  const order = (stream: string, size: number, own: CommandRecord[]) =>
    append(events, {
      streams: [{ stream, expected: 'absent', count: 1, payload: JSON.stringify('x'.repeat(size - 2)) }],
      commands: own,
    })
  expect(await order('order-1', text - ids, records)).toMatchObject({ outcome: 'appended' })
  const long = recordOf('k'.repeat(30_000), 'order-2')
  await expect(order('order-2', text, [long])).rejects.toThrow(/takes 400000 bytes .* shorter ids/)
})

const Seat = aggregate('seat', { events: { Booked: z.object({ by: z.string() }) }, initialState: '' })
  .evolve({ Booked: (_, { by }) => by })
  .commands({
    book: {
      input: z.object({ by: z.string() }),
      decide: (by, data) => (by === '' ? { type: 'Booked', data } : reject('taken', 'This seat is taken')),
    },
  })
const theatre = app('test', { routes: {}, aggregates: [Seat] })

it('G6 a client that sends its command again after a restore gets its answer, though it would be rejected now', async () => {
  const book = async (engine: Engine) => {
    const runtime = await startRuntime(theatre, { engine: async () => ({ ...engine, close: async () => {} }) })
    const outcome = await runtime.execute(Seat.commands.book('a1', { by: 'Ada' }), { commandId: 'key-1' })
    await runtime.stop()
    return outcome
  }
  const { tables } = await restored(async () => {}, book)
  const again = await book(await stage.open(tables))
  expect(again).toMatchObject({ outcome: 'accepted', repeated: true, version: 1, state: 'Ada' })
})
