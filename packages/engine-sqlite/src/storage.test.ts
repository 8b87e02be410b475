import { mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Append, EngineError } from 'weir/ports'
import type { Database } from './database.ts'
import { SqliteEventStore } from './event-store.ts'
import { sqliteEngine } from './index.ts'
import { type Lock, takeLock } from './lock.ts'
import { openStore } from './open.ts'
import { SqliteReadModelStore } from './read-model-store.ts'

let directory: string
let path: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'weir-'))
  path = join(directory, 'box-office.db')
})

afterEach(() => rmSync(directory, { recursive: true }))

const model = { name: 'concerts', fingerprint: 'v1', indexes: ['date'], partitions: 1 }

const one = (stream: string, size = 10): Append => {
  const payload = JSON.stringify('x'.repeat(size))
  return { streams: [{ stream, expected: 'absent', count: 1, payload }], commands: [] }
}

describe('when the disk is full', () => {
  let database: Database
  let lock: Lock

  beforeEach(() => {
    lock = takeLock(path)
    database = openStore(path, lock).database
  })

  afterEach(() => {
    database.close()
    lock.release(lock.stamp)
  })

  const fill = () => database.exec(`PRAGMA max_page_count = ${Number(database.value('PRAGMA page_count')) + 8}`)
  const free = () => database.exec('PRAGMA max_page_count = 1000000')

  it('G1 nothing of a group is written, the reason is clear, and the engine works on when there is space', async () => {
    const events = new SqliteEventStore(database)
    await events.append([one('before')])
    fill()
    const group = Array.from({ length: 20 }, (_, index) => one(`order-${index}`, 10_000))
    const failure = await events.append(group).catch((error) => error)
    expect(failure).toBeInstanceOf(EngineError)
    expect(failure.message).toBe(`${path}: the disk is full. Free some space; nothing was written half.`)
    expect((await events.readFeed(undefined, 100)).commits).toMatchObject([{ stream: 'before' }])
    expect(await events.append([one('small')])).toMatchObject([{ outcome: 'appended' }])
    expect(await events.progress(await events.feedEnd())).toEqual({ done: 2, total: 2 })
    free()
    expect(await events.append(group)).toMatchObject(group.map(() => ({ outcome: 'appended', versions: [1] })))
    const { commits, cursor } = await events.readFeed(undefined, 100)
    expect(await events.progress(cursor)).toEqual({ done: 22, total: 22 })
    expect(commits.map(({ stream }) => stream)).toEqual([
      'before',
      'small',
      ...group.map((each) => each.streams[0]?.stream),
    ])
  })

  it('G4 nothing of a save is kept, and the same save succeeds when there is space', async () => {
    const readModels = new SqliteReadModelStore(database)
    const generation = { ...(await readModels.create(model, 0)), partition: 0 }
    const { lease } = await readModels.open(generation)
    const body = (size: number) => JSON.stringify({ date: 'd', text: 'x'.repeat(size) })
    const small = { id: '0', body: body(1), stream: 'a', version: 1 }
    const waiting = [{ stream: 'a', version: 9, document: 'x', since: 1, error: undefined, attempts: 1 }]
    await readModels.save(generation, lease, { cursor: '1', documents: [small], waiting, settled: [] })
    fill()
    const documents = Array.from({ length: 20 }, (_, index) => ({ ...small, id: `${index}`, body: body(10_000) }))
    const changes = { cursor: '2', documents, waiting: [], settled: waiting }
    await expect(readModels.save(generation, lease, changes)).rejects.toThrow('the disk is full')
    expect(await readModels.load(generation, ['0', '1'])).toEqual([small])
    expect(await readModels.loadWaiting(generation)).toEqual(waiting)
    free()
    expect(await readModels.save(generation, lease, changes)).toBe('saved')
    expect(
      await readModels.load(
        generation,
        documents.map(({ id }) => id),
      ),
    ).toHaveLength(20)
    expect(await readModels.loadWaiting(generation)).toEqual([])
  })

  it('G9 a generation that could not be made is not there, and can be made later', async () => {
    const readModels = new SqliteReadModelStore(database)
    database.exec(`PRAGMA max_page_count = ${Number(database.value('PRAGMA page_count'))}`)
    await expect(readModels.create(model, 0)).rejects.toThrow('the disk is full')
    expect(await readModels.generations('concerts')).toEqual([])
    free()
    expect(await readModels.create(model, 0)).toMatchObject({ number: 1 })
  })

  it('G3 appends wait for the disk; saves of read models do not; after either, the next append does', async () => {
    const level = () => database.value('PRAGMA synchronous')
    const [normal, full] = [1, 2]
    expect(database.transaction(level)).toBe(full)
    expect(database.relaxed(level)).toBe(normal)
    expect(level()).toBe(full)
    const fail = () => {
      throw new Error('broken')
    }
    expect(() => database.relaxed(fail)).toThrow('broken')
    expect(level()).toBe(full)
    expect(database.transaction(level)).toBe(full)
    expect(database.value('PRAGMA journal_mode')).toBe('wal')
  })

  it('G10 what an operator gave up waits for the disk: it cannot be found out again', async () => {
    const readModels = new SqliteReadModelStore(database)
    const generation = { ...(await readModels.create(model, 0)), partition: 0 }
    const { lease } = await readModels.open(generation)
    database.exec('CREATE TEMP TABLE levels (level)')
    database.exec(`CREATE TEMP TRIGGER seen AFTER UPDATE ON main.generations BEGIN
      INSERT INTO levels SELECT synchronous FROM pragma_synchronous; END`)
    const event = { stream: 'a', version: 1, document: undefined, since: 1, attempts: 1 }
    const discarded = [{ ...event, error: 'why', reason: 'a duplicate', actor: 'ada', at: 2 }]
    const changes = { cursor: '1', documents: [], waiting: [], settled: [] }
    await readModels.save(generation, lease, { ...changes, discarded })
    await readModels.save(generation, lease, { ...changes, discarded: [] })
    const [normal, full] = [1, 2]
    const levels = database.prepare('SELECT level FROM levels').all()
    expect(levels.map(({ level }) => level)).toEqual([full, normal])
  })
})

it('G8 an engine closes when it cannot write any more, and the next start finds the same history', async () => {
  const engine = await sqliteEngine({ directory })('box-office')
  const other = new DatabaseSync(path)
  other.exec('BEGIN IMMEDIATE')
  await engine.close()
  other.close()
  const next = await sqliteEngine({ directory })('box-office')
  expect([next.storeId, next.epoch]).toEqual([engine.storeId, engine.epoch])
  await next.close()
})

describe('check', () => {
  it('tells that the file was moved or replaced', async () => {
    const engine = await sqliteEngine({ directory })('box-office')
    await engine.check()
    renameSync(path, `${path}.away`)
    await expect(engine.check()).rejects.toThrow(/box-office\.db was moved or replaced/)
    renameSync(`${path}.away`, path)
    await engine.check()
    await engine.close()
  })

  it('tells that another program holds a write lock, as an append does; both work when it is gone', async () => {
    const engine = await sqliteEngine({ directory })('box-office')
    const other = new DatabaseSync(path)
    other.exec('BEGIN IMMEDIATE')
    await expect(engine.check()).rejects.toThrow(/another program holds a write lock/)
    await expect(engine.events.append([one('a')])).rejects.toThrow(/another program holds a write lock/)
    other.exec('ROLLBACK')
    other.close()
    await engine.check()
    expect(await engine.events.append([one('a')])).toMatchObject([{ outcome: 'appended' }])
    await engine.close()
  })
})

it('a reader that stops in the middle of the feed does not hold the log', async () => {
  const engine = await sqliteEngine({ directory })('box-office')
  await engine.events.append(Array.from({ length: 10 }, (_, index) => one(`order-${index}`)))
  expect((await engine.events.readFeed(undefined, 3)).more).toBe(true)
  const other = new DatabaseSync(path)
  expect(other.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()).toEqual({ busy: 0, log: 0, checkpointed: 0 })
  other.close()
  await engine.close()
})
