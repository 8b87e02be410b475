import { ScanCommand } from '@aws-sdk/client-dynamodb'
import { expect, it } from 'vitest'
import type { Dynamo } from './dynamo.ts'
import { openPlacing, type StreamRecord } from './placing.ts'
import { append, feedOf, one, useStage } from './testing.fixture.ts'

const stage = useStage()

/** Records as the table's stream would bring them to a function, in no order. */
async function recordsOf(dynamo: Dynamo): Promise<StreamRecord[]> {
  const { Items = [] } = await dynamo.send(new ScanCommand({ TableName: dynamo.tables.events }))
  return Items.map((item) => ({ dynamodb: { NewImage: item } }))
}

async function openAll() {
  const tables = stage.names()
  const engine = await stage.open(tables, { places: false, lanes: 1 })
  const dynamo = await stage.dynamo(tables)
  const placing = await openPlacing({ tables, endpoint: stage.endpoint })
  return { engine, dynamo, placing }
}

it('records of the stream become pages, which say whose commits are in them', async () => {
  const { engine, dynamo, placing } = await openAll()
  await append(engine.events, one('order-1', 'absent'))
  await append(engine.events, one('cart-7', 'absent'))
  expect(await feedOf(engine.events)).toEqual(new Map())
  const pages = await placing.placeRecords(await recordsOf(dynamo))
  expect(pages).toMatchObject([{ lane: 0, page: 1 }])
  expect(pages[0]?.streams.toSorted()).toEqual(['cart-7', 'order-1'])
  expect((await feedOf(engine.events)).size).toBe(2)
  placing.close()
})

it('G3 records that come again tell of their pages again: who placed them may have told nobody', async () => {
  const { engine, dynamo, placing } = await openAll()
  await append(engine.events, one('order-1', 'absent'))
  await append(engine.events, one('cart-7', 'absent'))
  const records = await recordsOf(dynamo)
  const [page] = await placing.placeRecords(records)
  const { streams = [] } = page ?? {}
  expect(await placing.placeRecords(records.slice(1))).toEqual([{ lane: 0, page: 1, streams }])
  const other = await openPlacing({ tables: dynamo.tables, endpoint: stage.endpoint })
  expect(await other.placeRecords(records)).toEqual([{ lane: 0, page: 1, streams }])
  placing.close()
  other.close()
})

it('records without a new image, and none at all, are no work', async () => {
  const { placing } = await openAll()
  expect(await placing.placeRecords([{}, { dynamodb: {} }])).toEqual([])
  expect(await placing.placeRecords([])).toEqual([])
  placing.close()
})

it('G8 a token is located by who asks, before anybody has placed its commit', async () => {
  const { engine, placing } = await openAll()
  const result = await append(engine.events, one('order-1', 'absent'))
  const position = result.outcome === 'appended' ? result.position : ''
  expect(await engine.events.locate([{ stream: 'order-1', version: 2 }], position)).toBeUndefined()
  const located = await engine.events.locate([{ stream: 'order-1', version: 1 }], position)
  const { cursor } = await engine.events.readFeed(undefined, 10)
  expect(engine.events.covers(cursor, located ?? '')).toBe(true)
  placing.close()
})

it('G3 what no record told of is found in the table, in pieces when it is stopped', async () => {
  const { engine, placing } = await openAll()
  for (let order = 0; order < 30; order += 1) await append(engine.events, one(`order-${order}`, 'absent'))
  const stopped = await placing.reconcile({ signal: AbortSignal.abort() })
  expect(stopped.pages).toEqual([])
  expect(stopped.rest).toBeDefined()
  const { pages, rest } = await placing.reconcile({ rest: stopped.rest })
  expect(rest).toBeUndefined()
  expect(new Set(pages.flatMap(({ streams }) => streams)).size).toBe(30)
  expect((await feedOf(engine.events)).size).toBe(30)
  expect(await placing.reconcile()).toEqual({ pages: [], rest: undefined })
  placing.close()
})
