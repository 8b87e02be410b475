import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { PutItemCommand, ScanCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb'
import { expect, it } from 'vitest'
import { type Engine, silentLogger } from 'weir/ports'
import { append, feedOf, one, until, useStage } from './testing.fixture.ts'

const stage = useStage()
const quick = { interval: 20, patience: 200 }

/** A process that appends, and dies before it has placed anything. */
async function appendAndDie(tables: ReturnType<typeof stage.names>, ...streams: string[]): Promise<void> {
  const dying = await stage.open(tables, { places: false })
  for (const stream of streams) await append(dying.events, one(stream, 'any'))
}

async function untilFed({ events }: Engine, streams: Record<string, number[]>): Promise<void> {
  const size = (feed: ReadonlyMap<string, number[]>) => [...feed.values()].flat().length
  const expected = new Map(Object.entries(streams))
  await until(async () => size(await feedOf(events)) >= size(expected))
  expect(await feedOf(events)).toEqual(expected)
}

it('G3 what a process that died has not placed, another one places', async () => {
  const tables = stage.names()
  const other = await stage.open(tables, { sweep: quick })
  await appendAndDie(tables, 'order-1', 'order-1', 'order-2')
  await untilFed(other, { 'order-1': [1, 2], 'order-2': [1] })
})

it('G3 one process at a time sweeps; when it is gone, another one goes on', async () => {
  const tables = stage.names()
  const first = await stage.open(tables, { sweep: quick })
  await appendAndDie(tables, 'order-1')
  await untilFed(first, { 'order-1': [1] })
  const second = await stage.open(tables, { sweep: quick })
  await first.close()
  await appendAndDie(tables, 'order-2')
  await untilFed(second, { 'order-1': [1], 'order-2': [1] })
})

it('G3 what the stream of the table has forgotten is found in the table', async () => {
  const tables = stage.names()
  await appendAndDie(tables, 'order-1', 'order-2')
  const dynamo = await stage.dynamo(tables)
  const state = JSON.stringify({ stream: 'arn:of:a:stream:before', shards: { 'shard-1': '17' } })
  const item = { pk: { S: 'lease#sweep' }, sk: { S: '-' }, owner: { S: '' }, count: { N: '3' }, state: { S: state } }
  await dynamo.send(new PutItemCommand({ TableName: tables.index, Item: item }))
  await untilFed(await stage.open(tables, { sweep: quick }), { 'order-1': [1], 'order-2': [1] })
})

it('G3 where the table has no stream, the table is looked through', async () => {
  const tables = stage.names()
  await appendAndDie(tables, 'order-1')
  const dynamo = await stage.dynamo(tables)
  const off = { TableName: tables.events, StreamSpecification: { StreamEnabled: false } }
  await dynamo.send(new UpdateTableCommand(off))
  await untilFed(await stage.open(tables, { sweep: quick }), { 'order-1': [1] })
})

it('G3 a stream of which a version was lost goes on to its end once that is put back', async () => {
  const [original, tables] = [stage.names(), stage.names()]
  await appendAndDie(original, 'order-1', 'order-1', 'order-1', 'order-1')
  const dynamo = await stage.dynamo(tables)
  const { Items = [] } = await dynamo.send(new ScanCommand({ TableName: original.events }))
  const putBack = (some: typeof Items) =>
    Promise.all(some.map((Item) => dynamo.send(new PutItemCommand({ TableName: tables.events, Item }))))
  let isTold = false
  const error = () => {
    isTold = true
  }
  const engine = await stage.open(tables, { sweep: quick, logger: { ...silentLogger, error } })
  const [lost, sound] = [Items.filter(({ N }) => N?.N === '2'), Items.filter(({ N }) => N?.N !== '2')]
  await putBack(sound)
  await until(() => isTold)
  await untilFed(engine, { 'order-1': [1] })
  await putBack(lost)
  await untilFed(engine, { 'order-1': [1, 2, 3, 4] })
})

it('G3 a process that is killed at any moment loses nothing that it acknowledged', async () => {
  const tables = stage.names()
  await stage.dynamo(tables)
  const script = fileURLToPath(new URL('appending.fixture.ts', import.meta.url))
  const args = ['--conditions=@weir/source', script, stage.endpoint, tables.events, tables.index]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.on('data', (data) => {
    said += String(data)
  })
  await until(() => said.split('\n').length > 100)
  child.kill('SIGKILL')
  await once(child, 'close')
  const acknowledged = said.split('\n').slice(0, -1)
  const { events } = await stage.open(tables, { sweep: quick })
  await until(async () => {
    const feed = await feedOf(events)
    return acknowledged.every((stream) => feed.has(stream))
  })
  const versions = new Set([...(await feedOf(events)).values()].map((all) => all.join()))
  expect(versions).toEqual(new Set(['1']))
})
