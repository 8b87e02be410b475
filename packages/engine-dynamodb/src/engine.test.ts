import { DeleteItemCommand, DeleteTableCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { expect, it } from 'vitest'
import { EngineError } from 'weir/ports'
import { keyOf } from './commits.ts'
import { append, feedOf, one, until, useStage } from './testing.fixture.ts'

const stage = useStage()

it('several processes share a store: each sees what the others append', async () => {
  const tables = stage.names()
  const [first, second] = [await stage.open(tables), await stage.open(tables)]
  expect([second.storeId, second.epoch, second.partitions]).toEqual([first.storeId, first.epoch, 4])
  let heard = 0
  second.events.onAppended(() => {
    heard += 1
  })
  await append(first.events, one('order-1', 'absent', 2))
  await until(() => heard > 0)
  expect(await feedOf(second.events)).toEqual(new Map([['order-1', [1]]]))
  expect(await append(second.events, one('order-1', 1))).toEqual({ outcome: 'conflict', stream: 'order-1', version: 2 })
  expect(await append(second.events, one('order-1', 2))).toMatchObject({ outcome: 'appended', versions: [3] })
  expect(await append(first.events, one('order-1', 2))).toEqual({ outcome: 'conflict', stream: 'order-1', version: 3 })
})

it('processes that append to one stream expecting nothing all win, one after the other', async () => {
  const tables = stage.names()
  const processes = await Promise.all([1, 2, 3].map(() => stage.open(tables)))
  const racers = processes.flatMap(({ events }) => Array.from({ length: 8 }, () => append(events, one('hot', 'any'))))
  const outcomes = (await Promise.all(racers)).map(({ outcome }) => outcome)
  expect(new Set(outcomes)).toEqual(new Set(['appended']))
  await until(async () => (await feedOf((await stage.open(tables)).events)).get('hot')?.length === 24)
})

it('tables that are missing are named, with what to do; a local start makes them', async () => {
  const tables = stage.names()
  const opening = stage.open(tables, { createTables: false })
  await expect(opening).rejects.toThrow(`there is no table ${tables.events}`)
  await expect(opening).rejects.toThrow(/Deploy the tables, check the region/)
  await expect(opening).rejects.toBeInstanceOf(EngineError)
  await stage.open(tables)
  await stage.open(tables, { createTables: false })
})

it('a table that is not one of Weir is left alone', async () => {
  const tables = stage.names()
  await stage.dynamo(tables)
  await expect(stage.open({ events: tables.index, index: tables.events })).rejects.toThrow(/is not one of Weir's/)
})

it('what cannot be reached says where, and what to do', async () => {
  const opening = stage.open(stage.names(), { endpoint: 'http://127.0.0.1:9' })
  await expect(opening).rejects.toThrow(/127\.0\.0\.1:9: nothing answers there\. Start the emulator/)
})

it('G3 whoever reads a commit that was deleted after it was placed is told which, and what to do; put back, it is read', async () => {
  const tables = stage.names()
  const writing = await stage.open(tables)
  await append(writing.events, one('order-1', 'absent', 2))
  await append(writing.events, one('order-1', 2))
  await feedOf(writing.events)
  const dynamo = await stage.dynamo(tables)
  const key = { TableName: tables.events, Key: keyOf('order-1', 3) }
  const { Item } = await dynamo.send(new GetItemCommand(key))
  await dynamo.send(new DeleteItemCommand(key))
  const reading = await stage.open(tables)
  const told = `version 3 of order-1 is in the feed, but missing in ${tables.events}`
  await expect(feedOf(reading.events)).rejects.toThrow(told)
  await expect(feedOf(reading.events)).rejects.toThrow('Put it back from a backup of the table')
  await dynamo.send(new PutItemCommand({ TableName: tables.events, Item }))
  expect(await feedOf(reading.events)).toEqual(new Map([['order-1', [1, 3]]]))
})

it('G8 a store whose tables were restored is in a new epoch', async () => {
  const tables = stage.names()
  const engine = await stage.open(tables)
  await append(engine.events, one('order-1', 'absent'))
  const { storeId, epoch } = engine
  const dynamo = await stage.dynamo(tables)
  await dynamo.send(new DeleteTableCommand({ TableName: tables.events }))
  const restored = await stage.open(tables)
  expect(restored.storeId).toBe(storeId)
  expect(restored.epoch).not.toBe(epoch)
  expect((await stage.open(tables)).epoch).toBe(restored.epoch)
})
