import type { Client } from 'pg'
import { afterEach, beforeEach, expect, it } from 'vitest'
import {
  document,
  makeReadModels,
  type Opened,
  openPartition,
  type Process,
  query,
  type ReadModels,
  save,
} from './read-models.fixture.ts'

let models: ReadModels
let one: Process
let other: Process
let built: Opened

/** A generation that is under construction, with documents and waiting events, beside one that serves. */
beforeEach(async () => {
  models = await makeReadModels()
  one = models.process()
  other = models.process()
  const model = { name: 'concerts', indexes: ['date'], partitions: 1 }
  await one.store.create({ ...model, fingerprint: 'v0' }, 0)
  const generation = await one.store.create({ ...model, fingerprint: 'v1' }, 0)
  built = await openPartition(one.store, { ...generation, partition: 0 })
  const waiting = { stream: 's', version: 1, document: 'x', since: 1, error: undefined, attempts: 0 }
  await save(one.store, built, {
    documents: [document('1'), { ...document('2'), body: undefined }],
    waiting: [waiting],
  })
  // Other processes know it, too.
  await other.store.get(built, '1')
})

afterEach(() => models.dispose())

/** What is left of the generation that is dropped, and whether it is known that it has to go. */
async function remains(): Promise<object | undefined> {
  const [found] = await one.database.read(`SELECT
    (SELECT count(*) FROM pg_class WHERE relname LIKE 'doc_concerts_2%') AS tables,
    (SELECT count(*) FROM "box-office".waiting) AS waiting,
    (SELECT count(*) FROM "box-office".partitions WHERE number = 2) AS partitions,
    (SELECT count(*) FROM "box-office".dropped) AS dropped`)
  return found
}

const nothing = { tables: 0, waiting: 0, partitions: 0, dropped: 0 }
const gone = 'Generation 2 of read model concerts is not there any more.'

/** A backup, or somebody at a console. */
async function read(): Promise<Client> {
  const reader = await models.connect()
  await reader.query('BEGIN; SELECT FROM "box-office".doc_concerts_2')
  return reader
}

it('G9 a generation that was dropped leaves nothing, and no process uses it any more', async () => {
  await other.store.drop(built)
  expect(await remains()).toEqual(nothing)
  for (const { store } of [one, other]) {
    await expect(store.get(built, '1')).rejects.toThrow(gone)
    await expect(store.load(built, ['1'])).rejects.toThrow(gone)
    await expect(store.list(built, query())).rejects.toThrow(gone)
    await expect(store.loadWaiting(built)).rejects.toThrow(gone)
    await expect(store.open(built)).rejects.toThrow(gone)
    expect(await save(store, built, { documents: [document('3')] })).toBe('fenced')
  }
})

it('G9 it is gone for all although somebody still reads its table, which goes later', async () => {
  const reader = await read()
  await one.store.drop(built)
  for (const { store } of [one, other]) {
    await expect(store.get(built, '1')).rejects.toThrow(gone)
    await expect(store.list(built, query())).rejects.toThrow(gone)
    expect(await save(store, built, { documents: [document('3')] })).toBe('fenced')
  }
  expect(await remains()).toMatchObject({ waiting: 0, dropped: 1 })
  expect((await reader.query('SELECT id FROM "box-office".doc_concerts_2')).rows).toEqual([{ id: '1' }])
  await reader.end()
  await other.removal.run()
  expect(await remains()).toEqual(nothing)
})

it('G9 processes that remove at the same time do not wait for each other', async () => {
  const reader = await read()
  await one.store.drop(built)
  await reader.end()
  await Promise.all([one.removal.run(), other.removal.run(), one.removal.run(), other.store.drop(built)])
  expect(await remains()).toEqual(nothing)
})

it('G9 what a process did not come to remove is removed by another', async () => {
  await one.removal.stop()
  await one.store.drop(built)
  expect(await remains()).toMatchObject({ tables: 5, dropped: 1 })
  await other.removal.run()
  expect(await remains()).toEqual(nothing)
})

it('G9 a number is not given again, whoever asks', async () => {
  await one.store.drop(built)
  const again = await other.store.create({ name: 'concerts', fingerprint: 'v1', indexes: [], partitions: 1 }, 0)
  expect(again.number).toBe(3)
})
