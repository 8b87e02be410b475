import { ScanCommand } from '@aws-sdk/client-dynamodb'
import { expect, it } from 'vitest'
import type { Dynamo } from './dynamo.ts'
import { PassNote } from './pass.ts'
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

it('G3 what no record told of is found in the table', async () => {
  const { engine, placing } = await openAll()
  for (let order = 0; order < 30; order += 1) await append(engine.events, one(`order-${order}`, 'absent'))
  const { pages, ...done } = await placing.reconcile()
  expect(done).toEqual({ isDone: true, read: 30, of: 30 })
  expect(new Set(pages.flatMap(({ streams }) => streams)).size).toBe(30)
  expect((await feedOf(engine.events)).size).toBe(30)
  expect(await placing.reconcile()).toEqual({ pages: [], ...done })
  placing.close()
})

/** Stops what looks at it so often before each step of its work. */
function stoppedAfter(looks: number): AbortSignal {
  let left = looks
  return Object.defineProperty(new AbortController().signal, 'aborted', {
    get: () => {
      left -= 1
      return left < 0
    },
  })
}

it('G3 a table that is too large for one process is read by several, each goes on where the last was stopped', async () => {
  const { engine, dynamo, placing } = await openAll()
  const payload = JSON.stringify('x'.repeat(300_000))
  const streams = Array.from({ length: 24 }, (_, order) => `order-${order}`)
  for (const stream of streams)
    await append(engine.events, { streams: [{ stream, expected: 'absent', count: 1, payload }], commands: [] })
  const reads: number[] = []
  for (let isDone = false; !isDone && reads.length < 24; ) {
    const next = await openPlacing({ tables: dynamo.tables, endpoint: stage.endpoint })
    const result = await next.reconcile({ goesOn: true, signal: stoppedAfter(2) })
    next.close()
    reads.push(result.read)
    isDone = result.isDone
    expect(result.of).toBeGreaterThanOrEqual(result.read)
  }
  expect(reads.length).toBeGreaterThan(2)
  expect(reads).toEqual(reads.toSorted((a, b) => a - b))
  expect(reads.at(-1)).toBe(24)
  expect((await feedOf(engine.events)).size).toBe(24)

  await append(engine.events, one('late', 'absent'))
  expect(await placing.reconcile({ goesOn: true })).toMatchObject({ pages: [{ streams: ['late'] }], read: 25 })
  placing.close()
})

it('G3 who wants all to be placed reads all, whatever others have read already', async () => {
  const { engine, dynamo, placing } = await openAll()
  for (let order = 0; order < 20; order += 1) await append(engine.events, one(`order-${order}`, 'absent'))
  await new PassNote(dynamo, engine.epoch).save({ segments: ['start', 'done', 'done', 'done'], read: 1 })
  expect(await placing.reconcile()).toMatchObject({ isDone: true, read: 20 })
  expect((await feedOf(engine.events)).size).toBe(20)
  placing.close()
})
