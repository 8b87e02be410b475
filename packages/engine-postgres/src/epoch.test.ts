import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { type PostgresServer, startPostgres } from '@weir/test-postgres'
import type { Client } from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Commit, Engine } from 'weir/ports'
import { append, by, connect, one, useStage } from './testing.fixture.ts'

const stage = useStage()
const run = promisify(execFile)

/** Another cluster, whose transaction ids begin anew. */
let elsewhere: PostgresServer

beforeAll(async () => {
  elsewhere = await startPostgres()
})

afterAll(async () => {
  await elsewhere.remove()
})

const model = { name: 'concerts', fingerprint: 'v1', indexes: [], partitions: 2 }
const changes = { documents: [], waiting: [], settled: [] }

/** A store with commits that its consumers have seen, others that they have not, and one that is on the way. */
async function fill(engine: Engine): Promise<void> {
  const generation = await engine.readModels.create(model, 1)
  await append(engine, one('order-1', 'absent', 2))
  const { cursor } = await engine.events.readFeed(undefined, 10)
  await engine.events.append([one('order-1', 2), by('key-1', 'order-2', 'absent'), one('order-3', 'absent')])
  const [first, second] = await Promise.all(
    [0, 1].map(async (partition) => ({ partition, ...(await engine.readModels.open({ ...generation, partition })) })),
  )
  const onTheWay = (await engine.events.readFeed(cursor, 1)).cursor
  await engine.readModels.save({ ...generation, partition: 0 }, first?.lease ?? 0, { cursor, ...changes })
  await engine.readModels.save({ ...generation, partition: 1 }, second?.lease ?? 0, { cursor: onTheWay, ...changes })
}

/** That consumers go on where they were, that the order goes on, and that all is told of once. */
async function goesOn(engine: Engine): Promise<void> {
  const [generation] = await engine.readModels.generations('concerts')
  expect(await append(engine, by('key-1', 'order-9'))).toEqual({ outcome: 'duplicate', commandId: 'key-1' })
  await engine.events.append([one('order-1', 3), one('order-4', 'absent')])
  const expected = ['order-1@3', 'order-2@1', 'order-3@1', 'order-1@4', 'order-4@1']
  const cursors = generation?.partitions.map(({ cursor }) => cursor) ?? []
  expect(await Promise.all(cursors.map((cursor) => rest(engine, cursor)))).toEqual([expected, expected.slice(1)])
  expect(await rest(engine, undefined)).toEqual(['order-1@1', ...expected])
  const all = (await engine.events.readFeed(undefined, 100)).commits
  const positions = all.map(({ position }) => position.split('.').map(Number))
  for (const [index, [xid = 0, at = 0]] of positions.entries()) {
    const [xidBefore = 0, atBefore = 0] = positions[index - 1] ?? []
    expect([xid >= xidBefore, at > atBefore]).toEqual([true, true])
  }
  for (const { position } of all) expect(await engine.events.locate([], position)).toBe(position)
}

/** Behind a cursor, page by page. */
async function rest(engine: Engine, start: string | undefined): Promise<string[]> {
  const given: Commit[] = []
  for (let cursor = start, more = true; more; ) {
    const page = await engine.events.readFeed(cursor, 2)
    given.push(...page.commits)
    cursor = page.cursor
    more = page.more
  }
  return given.map(({ stream, version }) => `${stream}@${version}`)
}

it('G8 a copy in the same cluster is another history, and goes on without loss', async () => {
  const original = await stage.open('copied')
  await fill(original)
  await original.close()
  const url = new URL(stage.url)
  const name = `${url.pathname.slice(1)}_copy`
  const sql = await connect(withDatabase(stage.url, 'postgres'))
  await sql.query(`CREATE DATABASE ${name} TEMPLATE ${url.pathname.slice(1)}`)
  try {
    const copy = await stage.open('copied', { url: withDatabase(stage.url, name) })
    expect([copy.storeId, copy.epoch === original.epoch]).toEqual([original.storeId, false])
    await goesOn(copy)
    const again = await stage.open('copied', { url: withDatabase(stage.url, name) })
    expect(again.epoch).toBe(copy.epoch)
    const first = await stage.open('copied')
    expect(first.epoch).toBe(original.epoch)
    await goesOn(first)
  } finally {
    await sql.query(`DROP DATABASE ${name} WITH (FORCE)`)
    await sql.end()
  }
})

it('G8 rows that were restored in another cluster, where xids are smaller, are a new history without loss', async () => {
  const original = await stage.open('moved')
  await fill(original)
  const url = await restoreRows('moved')
  // To look at it changes nothing, and shows all that a page after page can show.
  const look = await stage.open('moved', { url, readOnly: true })
  expect(look.epoch).toBe(original.epoch)
  expect(await rest(look, undefined)).toEqual(['order-1@1', 'order-1@3', 'order-2@1', 'order-3@1'])
  const engine = await stage.open('moved', { url })
  expect([engine.storeId, engine.epoch === original.epoch]).toEqual([original.storeId, false])
  await goesOn(engine)
  expect((await stage.open('moved', { url })).epoch).toBe(engine.epoch)
})

it('a store that is restored while it is open refuses to write until it is opened again', async () => {
  const url = await restoreRows('moved')
  const engine = await stage.open('moved', { url })
  const sql = await stage.connect(url)
  await sql.query(`UPDATE moved.meta SET value = '1/2' WHERE key = 'cluster'`)
  await expect(append(engine, one('order-7', 'any'))).rejects.toThrow(
    'it was restored, or another server took its place, while it was in use. Start the application again.',
  )
  const again = await stage.open('moved', { url })
  expect((await append(again, one('order-7', 'any'))).outcome).toBe('appended')
})

it('G3 G8 a standby is not taken for the primary, nor what takes its place for what it was before', async () => {
  const server = await startPostgres(['restore_command=false'])
  const sql = (text: string) => connect(server.url).then((client) => client.query(text).finally(() => client.end()))
  const options = { url: server.url, listen: false }
  try {
    const engine = await stage.open('promoted', options)
    await append(engine, one('order-1', 'absent'))
    const { cursor } = await engine.events.readFeed(undefined, 10)
    const { rows } = await sql('SHOW data_directory')
    await sql(`COPY (SELECT WHERE false) TO '${rows[0].data_directory}/standby.signal'`)
    await server.stop()
    // It has started in full when it may be written to.
    const started = server.start()
    await expect.poll(() => sql('SELECT 1').catch(() => undefined), { timeout: 20_000 }).toBeDefined()
    await expect(engine.events.readFeed(cursor, 10)).rejects.toThrow('it is a standby')
    await expect(stage.open('promoted', options)).rejects.toThrow('it is a standby')
    await expect(stage.open('promoted', { ...options, readOnly: true })).rejects.toThrow('it is a standby')
    await sql('SELECT pg_promote()')
    await started
    const refusal = 'another server took its place'
    await expect(append(engine, one('order-1', 1))).rejects.toThrow(refusal)
    await expect(engine.events.readFeed(cursor, 10)).rejects.toThrow(refusal)
    await expect(engine.check()).rejects.toThrow(refusal)
    const again = await stage.open('promoted', options)
    expect([again.storeId, again.epoch === engine.epoch]).toEqual([engine.storeId, false])
    await append(again, one('order-1', 1))
    await expect(append(engine, one('order-1', 2))).rejects.toThrow(refusal)
    expect((await again.events.readFeed(cursor, 10)).commits.map(({ version }) => version)).toEqual([2])
    await Promise.all([engine.close(), again.close()])
  } finally {
    await server.remove()
  }
})

it('where a cluster does not tell who it is, the database has to do', async () => {
  const engine = await stage.open('untold')
  const sql = await stage.connect()
  const { rows } = await sql.query(`SELECT untold.cluster() AS place`)
  const [, database] = rows[0].place.split('/')
  await sql.query(`UPDATE untold.meta SET value = $1 WHERE key = 'cluster'`, [`/${database}`])
  expect((await stage.open('untold')).epoch).toBe(engine.epoch)
  expect((await append(engine, one('order-1', 'any'))).outcome).toBe('appended')
  await sql.query(`UPDATE untold.meta SET value = $1 WHERE key = 'cluster'`, ['/0'])
  expect((await stage.open('untold')).epoch).not.toBe(engine.epoch)
})

it('G8 a dump that is restored in another cluster is a new history without loss', async ({ skip }) => {
  const original = await stage.open('dumped')
  await fill(original)
  const bin = findDump()
  if (bin === undefined) return skip('there is no pg_dump here')
  const folder = mkdtempSync(join(tmpdir(), 'weir-dump-'))
  const file = join(folder, 'dump')
  try {
    const url = await newDatabase()
    await run(join(bin, 'pg_dump'), ['-Fc', '--schema=dumped', '-f', file, stage.url])
    await run(join(bin, 'pg_restore'), ['-d', url, file])
    const engine = await stage.open('dumped', { url })
    expect([engine.storeId, engine.epoch === original.epoch]).toEqual([original.storeId, false])
    await goesOn(engine)
  } catch (error) {
    if (!String(error).includes('server version mismatch')) throw error
    skip('pg_dump is older than the server')
  } finally {
    rmSync(folder, { recursive: true })
  }
})

/** Copies the rows of a store into a new database of the other cluster, as a dump does. */
async function restoreRows(application: string): Promise<string> {
  const url = await newDatabase()
  const engine = await stage.open(application, { url })
  await engine.close()
  const [from, to] = [await stage.connect(), await stage.connect(url)]
  const { rows: tables } = await from.query('SELECT tablename AS name FROM pg_tables WHERE schemaname = $1', [
    application,
  ])
  for (const { name } of tables.filter(({ name }) => !name.startsWith('doc_'))) {
    await to.query(`TRUNCATE "${application}"."${name}"`)
    const { rows } = await from.query(`SELECT to_json(each) AS row FROM "${application}"."${name}" AS each`)
    for (const { row } of rows) {
      await to.query(
        `INSERT INTO "${application}"."${name}" OVERRIDING SYSTEM VALUE
          SELECT * FROM json_populate_record(NULL::"${application}"."${name}", $1)`,
        [JSON.stringify(row)],
      )
    }
  }
  return url
}

async function newDatabase(): Promise<string> {
  const sql: Client = await connect(elsewhere.url)
  const name = `restored_${Date.now()}`
  await sql.query(`CREATE DATABASE ${name}`)
  await sql.end()
  return withDatabase(elsewhere.url, name)
}

function withDatabase(url: string, name: string): string {
  const other = new URL(url)
  other.pathname = `/${name}`
  return other.href
}

/** The folder of the newest pg_dump that there is. */
function findDump(): string | undefined {
  const versions = '/usr/lib/postgresql'
  const installed = existsSync(versions) ? readdirSync(versions).map((each) => join(versions, each, 'bin')) : []
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...installed]
  return folders.findLast((folder) => existsSync(join(folder, 'pg_dump')))
}
