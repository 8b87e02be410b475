import * as fc from 'fast-check'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { codeOf } from './errors.ts'
import {
  document,
  makeReadModels,
  openModel,
  openPartition,
  type Process,
  query,
  type ReadModels,
  save,
  somebodyWaits,
} from './read-models.fixture.ts'

let models: ReadModels
let one: Process

beforeEach(async () => {
  models = await makeReadModels()
  one = models.process()
})

afterEach(() => models.dispose())

it('G4 who opens a partition waits for the save that is under way, and goes on behind it', async () => {
  const mine = await openModel(one.store, 'concerts', [])
  await save(one.store, mine, { documents: [document('1')] })
  const other = models.process()
  const blocker = await models.connect()
  await blocker.query(`BEGIN; SELECT FROM "box-office".doc_concerts_1 WHERE id = '1' FOR UPDATE`)
  const saved = save(one.store, mine, { cursor: '2', documents: [document('1', {}, 2)] })
  await somebodyWaits(one.database)
  const opened = other.store.open(mine)
  await blocker.query('COMMIT')
  expect(await saved).toBe('saved')
  expect(await opened).toMatchObject({ cursor: '2' })
  expect(await save(one.store, mine, { cursor: '3' })).toBe('fenced')
  await blocker.end()
})

it('G4 who is replaced while it waits is fenced, and changes nothing', async () => {
  const mine = await openModel(one.store, 'concerts', [])
  const blocker = await models.connect()
  await blocker.query('BEGIN; UPDATE "box-office".partitions SET lease = lease + 1')
  const saved = save(one.store, mine, { documents: [document('1')] })
  await somebodyWaits(one.database)
  await blocker.query('COMMIT')
  expect(await saved).toBe('fenced')
  expect(await one.store.load(mine, ['1'])).toEqual([])
  await blocker.end()
})

it('G4 whose saves were undone by a crash of the server has to begin anew from what is stored', async () => {
  const mine = await openModel(one.store, 'concerts', [])
  await save(one.store, mine, { cursor: '1' })
  expect(await save(one.store, mine, { cursor: '2' })).toBe('saved')
  await one.database.query(`UPDATE "box-office".partitions SET saves = saves - 1, cursor = '1'`)
  expect(await save(one.store, mine, { cursor: '3', documents: [document('1')] })).toBe('fenced')
  expect(await one.store.load(mine, ['1'])).toEqual([])
  const again = await openPartition(one.store, mine)
  expect(await save(one.store, again, { cursor: '2' })).toBe('saved')
})

it('G4 who does not know what became of a save has to begin anew', async () => {
  const mine = await openModel(one.store, 'concerts', [])
  await save(one.store, mine, { documents: [document('1')] })
  const blocker = await models.connect()
  await blocker.query(`BEGIN; SELECT FROM "box-office".doc_concerts_1 WHERE id = '1' FOR UPDATE`)
  const saved = save(one.store, mine, { documents: [document('1', {}, 2)] }).then(String, codeOf)
  await somebodyWaits(one.database)
  await blocker.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`)
  expect(await saved).toBe('57P01')
  await blocker.query('COMMIT')
  expect(await save(one.store, mine, { documents: [document('2')] })).toBe('fenced')
  const again = await openPartition(one.store, mine)
  expect(await save(one.store, again, { documents: [document('2')] })).toBe('saved')
  await blocker.end()
})

it('documents come back to the letter', async () => {
  const mine = await openModel(one.store, 'letters', ['a'])
  const bodies = [
    '{"a":"\\u0000","b":"\\ud800"}',
    '{"a":1e400,"b":123456789012345678901234567890,"c":1.0,"d":-0}',
    '{ "z" : 1 , "a" : 2 , "z" : 3 }',
    '{"\\u0000":"\\u001e","é":"é","/":"\\/"}',
    `{"deep":${'['.repeat(3_000)}${']'.repeat(3_000)}}`,
    `{"large":"${'\u{1f600}'.repeat(500_000)}"}`,
  ]
  const documents = bodies.map((body, index) => ({ id: `${index}`, body, stream: 's', version: 2 ** 50 }))
  await save(one.store, mine, { documents })
  for (const each of documents) expect(await one.store.get(mine, each.id)).toEqual(each)
  expect((await one.store.list(mine, query())).documents.map(({ body }) => body)).toEqual(bodies)
})

it('what an exception said is kept, whatever it holds', async () => {
  const mine = await openModel(one.store, 'waiting', [])
  const stream = fc.sample(fc.string({ unit: 'grapheme-ascii', minLength: 5_000, maxLength: 5_000 }), 1)[0] ?? ''
  const event = { stream, version: 1, document: stream, since: 1.5, attempts: 1 }
  const waiting = [{ ...event, error: 'a\0b\ud800' }]
  const discarded = [{ ...event, error: '\0', reason: '\0', actor: '\ud800', at: 2 }]
  await save(one.store, mine, { waiting, discarded })
  expect(await one.store.loadWaiting(mine)).toEqual([{ ...event, error: 'a\ufffdb\ufffd' }])
  expect(await one.store.loadDiscarded('waiting')).toEqual([
    { ...event, error: '\ufffd', reason: '\ufffd', actor: '\ufffd', at: 2 },
  ])
})
