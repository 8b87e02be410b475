import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { sqliteEngine } from './index.ts'

let directory: string
let path: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'weir-'))
  path = join(directory, 'box-office.db')
})

afterEach(() => rmSync(directory, { recursive: true }))

/** The tables as version 1 made them. */
const version1 = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID, STRICT;
CREATE TABLE commits (
  position INTEGER PRIMARY KEY, stream TEXT NOT NULL, version INTEGER NOT NULL, count INTEGER NOT NULL,
  payload TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX commits_by_stream ON commits (stream, version);
CREATE TABLE commands (
  command_id TEXT PRIMARY KEY, stream TEXT NOT NULL, version INTEGER NOT NULL, count INTEGER NOT NULL,
  hash TEXT NOT NULL
) WITHOUT ROWID, STRICT;
CREATE TABLE snapshots (
  stream TEXT PRIMARY KEY, version INTEGER NOT NULL, fingerprint TEXT NOT NULL, state TEXT NOT NULL
) STRICT;
CREATE TABLE models (name TEXT PRIMARY KEY, latest INTEGER NOT NULL) WITHOUT ROWID, STRICT;
CREATE TABLE generations (
  model TEXT NOT NULL, number INTEGER NOT NULL, fingerprint TEXT NOT NULL, indexes TEXT NOT NULL,
  lease INTEGER NOT NULL, cursor TEXT, PRIMARY KEY (model, number), UNIQUE (model, fingerprint)
) WITHOUT ROWID, STRICT;
CREATE TABLE waiting (
  model TEXT NOT NULL, number INTEGER NOT NULL, stream TEXT NOT NULL, version INTEGER NOT NULL,
  parked INTEGER NOT NULL, document TEXT NOT NULL, since REAL NOT NULL, error TEXT,
  PRIMARY KEY (model, number, stream, version, document, parked)
) WITHOUT ROWID, STRICT;
PRAGMA application_id = 0x57656972;
PRAGMA user_version = 1;
`

/** What a process of version 1 left: three commits, and a read model of which an older generation was still there. */
const content = `
INSERT INTO meta VALUES ('store', 'the-store'), ('epoch', 'the-epoch');
INSERT INTO commits VALUES (1, 'order-1', 2, 2, '[1,2]'), (2, 'order-2', 3, 3, '[1,2,3]'), (3, 'order-1', 3, 1, '[3]');
INSERT INTO commands VALUES ('key-1', 'order-1', 2, 2, 'hash');
INSERT INTO models VALUES ('orders', 2), ('Tickets', 1);
INSERT INTO generations VALUES
  ('orders', 1, 'v1', '["date"]', 4, '1'), ('orders', 2, 'v2', '["hall"]', 7, '2'), ('Tickets', 1, 'v1', '[]', 1, NULL);
INSERT INTO waiting VALUES
  ('orders', 1, 'order-1', 1, 0, 'x', 11, NULL), ('orders', 2, 'order-2', 3, 1, '', 12, 'TypeError: why');
CREATE TABLE doc_orders_1
  (id TEXT PRIMARY KEY, body TEXT NOT NULL, stream TEXT NOT NULL, version INTEGER NOT NULL, k0 ANY) STRICT;
CREATE TABLE doc_orders_1_gone
  (id TEXT PRIMARY KEY, stream TEXT NOT NULL, version INTEGER NOT NULL) WITHOUT ROWID, STRICT;
INSERT INTO doc_orders_1 VALUES ('1', '{"date":"a"}', 'order-1', 2, 'a');
CREATE TABLE doc_orders_2
  (id TEXT PRIMARY KEY, body TEXT NOT NULL, stream TEXT NOT NULL, version INTEGER NOT NULL, k0 ANY) STRICT;
CREATE TABLE doc_orders_2_gone
  (id TEXT PRIMARY KEY, stream TEXT NOT NULL, version INTEGER NOT NULL) WITHOUT ROWID, STRICT;
CREATE INDEX doc_orders_2_k0 ON doc_orders_2 (k0, id);
INSERT INTO doc_orders_2 VALUES ('1', '{"hall":"b"}', 'order-1', 2, 'b');
`

const open = () => sqliteEngine({ directory })('box-office')

function makeVersion1(more = ''): void {
  const database = new DatabaseSync(path)
  database.exec(`PRAGMA journal_mode = WAL; ${version1} ${content} ${more}`)
  database.close()
}

function rows(sql: string, from = path): unknown[] {
  const database = new DatabaseSync(from, { readOnly: true })
  const found = database
    .prepare(sql)
    .all()
    .map((row) => ({ ...row }))
  database.close()
  return found
}

it('G12 a store of version 1 has its whole history when it was upgraded', async () => {
  makeVersion1()
  const { storeId, events, close } = await open()
  expect(storeId).toBe('the-store')
  const { commits, cursor } = await events.readFeed(undefined, 10)
  expect(commits.map(({ stream, version, count, payload }) => [stream, version, count, payload])).toEqual([
    ['order-1', 1, 2, '[1,2]'],
    ['order-2', 1, 3, '[1,2,3]'],
    ['order-1', 3, 1, '[3]'],
  ])
  expect(await events.findCommand('key-1')).toMatchObject({ stream: 'order-1' })
  expect(await events.progress('1')).toEqual({ done: 2, total: 6 })
  await events.append([{ streams: [{ stream: 'order-1', expected: 3, count: 4, payload: '[4,5,6,7]' }], commands: [] }])
  expect(await events.progress(cursor)).toEqual({ done: 6, total: 10 })
  expect((await events.progress(await events.feedEnd())).done).toBe(10)
  await close()
})

it('G9 of a model of version 1 the newest generation serves on, where it was', async () => {
  makeVersion1()
  const before = Date.now()
  const { readModels, close } = await open()
  const [serving, ...others] = await readModels.generations('orders')
  expect(others).toEqual([])
  expect(serving).toMatchObject({ number: 2, fingerprint: 'v2', indexes: ['hall'], accepted: [] })
  expect(serving?.partitions).toMatchObject([{ cursor: '2' }])
  expect(serving).toMatchObject({ state: 'serving', servedUntil: undefined })
  expect(serving?.since).toBeGreaterThanOrEqual(before)
  expect(serving?.since).toBeLessThanOrEqual(Date.now())
  const generation = { model: 'orders', number: 2, partition: 0 }
  expect(await readModels.open(generation)).toEqual({ lease: 8, cursor: '2' })
  expect(await readModels.get(generation, '1')).toMatchObject({ body: '{"hall":"b"}' })
  expect(await readModels.loadWaiting(generation)).toEqual([
    { stream: 'order-2', version: 3, document: undefined, since: 12, error: 'TypeError: why', attempts: 0 },
  ])
  expect(await readModels.generations('Tickets')).toMatchObject([
    { number: 1, state: 'serving', partitions: [{ cursor: undefined }] },
  ])
  await expect(readModels.get({ model: 'orders', number: 1 }, '1')).rejects.toThrow('not there any more')
  await expect.poll(() => rows("SELECT name FROM sqlite_schema WHERE name LIKE 'doc_orders_1%'")).toEqual([])
  expect(rows('SELECT number FROM waiting')).toEqual([{ number: 2 }])
  await close()
})

it('an upgraded store has the tables of a new one', async () => {
  makeVersion1()
  await (await open()).close()
  await (await sqliteEngine({ directory })('new')).close()
  const tables = (from: string) =>
    rows("SELECT sql FROM sqlite_schema WHERE tbl_name NOT LIKE 'doc_%' ORDER BY name", from).map((row) =>
      JSON.stringify(row).replace(/(\s|\\n)+/g, ' '),
    )
  expect(tables(path)).toEqual(tables(join(directory, 'new.db')))
  expect(rows('PRAGMA user_version')).toEqual(rows('PRAGMA user_version', join(directory, 'new.db')))
})

it('G3 an upgrade that is cut short leaves the store as it was, and the next start makes it anew', async () => {
  makeVersion1()
  const before = rows('SELECT name, sql FROM sqlite_schema')
  const script = `
    import { Database } from ${JSON.stringify(new URL('./database.ts', import.meta.url).href)}
    import { upgrade } from ${JSON.stringify(new URL('./upgrade.ts', import.meta.url).href)}
    const database = new Database(${JSON.stringify(path)})
    const exec = database.exec.bind(database)
    database.exec = (sql) => {
      exec(sql)
      process.kill(process.pid, 'SIGKILL')
    }
    upgrade(database)`
  const options = ['--conditions=@weir/source', '--input-type=module', '--eval', script]
  const child = spawn(process.execPath, options, { stdio: ['ignore', 'ignore', 'inherit'] })
  expect(await new Promise((resolve) => child.once('close', (_, signal) => resolve(signal)))).toBe('SIGKILL')
  expect(rows('SELECT name, sql FROM sqlite_schema')).toEqual(before)
  expect(rows('PRAGMA user_version')).toEqual([{ user_version: 1 }])
  const engine = await open()
  expect((await engine.events.readFeed(undefined, 10)).commits).toHaveLength(3)
  await engine.close()
})
