import { execFile, execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type PostgresServer, startPostgres } from '@weir/test-postgres'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Append, Cursor, Engine } from 'weir/ports'
import { EngineError } from 'weir/ports'
import { append, connect, one, until, useStage } from './testing.fixture.ts'

const stage = useStage()
const run = promisify(execFile)

/** A server that is restarted, killed and filled. */
let server: PostgresServer

beforeAll(async () => {
  server = await startPostgres()
})

afterAll(async () => {
  await server.remove()
})

function numbered(stream: string, number: number): Append {
  const payload = JSON.stringify([{ number }])
  const command = { commandId: `${stream} ${number}`, stream, version: 0, count: 1, hash: '' }
  return { streams: [{ stream, expected: 'any', count: 1, payload }], commands: [command] }
}

/** Appends one number after the other, and each until it is there. */
class Lane {
  acknowledged = 0
  readonly errors: unknown[] = []
  isOver = false
  readonly stream: string
  readonly done: Promise<void>

  constructor(engine: Engine, stream: string) {
    this.stream = stream
    this.done = this.#run(engine)
  }

  async #run(engine: Engine): Promise<void> {
    while (!this.isOver) {
      try {
        // A duplicate was appended before the connection broke.
        await append(engine, numbered(this.stream, this.acknowledged))
        this.acknowledged += 1
      } catch (error) {
        this.errors.push(error)
      }
    }
  }
}

/** Reads the feed on and on, whatever happens. */
class Consumer {
  readonly given: string[] = []
  isOver = false
  readonly done: Promise<void>

  constructor(engine: Engine) {
    this.done = this.#run(engine)
  }

  async #run(engine: Engine): Promise<void> {
    let cursor: Cursor | undefined
    for (let more = true, isLast = false; more || !isLast; ) {
      // What a read that began earlier does not show may have come since.
      isLast = this.isOver
      try {
        const page = await engine.events.readFeed(cursor, 100)
        this.given.push(...page.commits.map(({ stream, version }) => `${stream}@${version}`))
        cursor = page.cursor
        more = page.more
      } catch {
        more = true
      }
    }
  }
}

it('G3 over restarts, crashes and ended connections nothing acknowledged is lost, nothing is appended twice', {
  timeout: 120_000,
}, async () => {
  const options = { url: server.url, listen: true, connections: 3 }
  const engines = [await stage.open('restarts', options), await stage.open('restarts', options)] as const
  const lanes = Array.from({ length: 6 }, (_, index) => new Lane(engines[index % 2] as Engine, `lane-${index}`))
  const consumer = new Consumer(engines[0])
  const advance = async () => {
    const goals = lanes.map(({ acknowledged }) => acknowledged + 20)
    await until(() => lanes.every(({ acknowledged }, index) => acknowledged >= (goals[index] ?? 0)))
  }
  await advance()
  for (const mode of ['fast', 'immediate'] as const) {
    await server.stop(mode)
    await server.start()
    await advance()
  }
  for (let round = 0; round < 5; round += 1) {
    const sql = await connect(server.url)
    await sql.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()')
    await sql.end()
    await advance()
  }
  for (const lane of lanes) lane.isOver = true
  await Promise.all(lanes.map(({ done }) => done))
  consumer.isOver = true
  await consumer.done

  const expected: string[] = []
  for (const { stream, acknowledged } of lanes) {
    const commits = await engines[1].events.readStream(stream, 0, 100_000)
    expect(commits.map(({ payload }) => JSON.parse(payload)[0].number)).toEqual([...Array(acknowledged).keys()])
    expected.push(...commits.map(({ version }) => `${stream}@${version}`))
  }
  expect(consumer.given.toSorted()).toEqual(expected.toSorted())
  const errors = lanes.flatMap((lane) => lane.errors)
  expect(errors.length).toBeGreaterThan(0)
  for (const error of errors) {
    expect(error).toBeInstanceOf(EngineError)
    expect(String(error)).toContain(new URL(server.url).host)
    expect(String(error)).not.toContain(new URL(server.url).password)
  }
})

it('G2 a consumer that outlives a crash misses nothing, though transaction ids are given again', async () => {
  const own = await startPostgres(['wal_writer_delay=10s'])
  try {
    const engine = await stage.open('again', { url: own.url })
    await append(engine, one('order-1', 'absent'))
    let { cursor } = await engine.events.readFeed(undefined, 10)
    const lost = await stage.connect(own.url)
    // What is relaxed or rolled back is over for all who look, and lost in the crash with its transaction ids.
    for (let index = 0; index < 20; index += 1) await engine.roster?.attend('me', '')
    for (let index = 0; index < 20; index += 1) await lost.query('BEGIN; SELECT pg_current_xact_id(); ROLLBACK')
    cursor = (await engine.events.readFeed(cursor, 10)).cursor
    const before = await append(engine, one('order-1', 'any', 0))
    await own.stop('immediate')
    await own.start()
    await append(engine, one('order-1', 1))
    expect((await engine.events.readFeed(cursor, 10)).commits).toMatchObject([{ stream: 'order-1', version: 2 }])
    expect(before.outcome === 'appended' && engine.events.covers(cursor, before.position)).toBe(true)
  } finally {
    await own.remove()
  }
})

it('a check sees that the server is away, and that it is there again', async () => {
  const engine = await stage.open('checked', { url: server.url })
  await engine.check()
  await server.stop()
  const begun = performance.now()
  await expect(engine.check()).rejects.toThrow(EngineError)
  expect(performance.now() - begun).toBeLessThan(3_000)
  await server.start()
  await engine.check()
})

it('who waits for a stream that another transaction holds too long is told so, and nothing is appended', async () => {
  const engine = await stage.open('held')
  await append(engine, one('order-1', 'absent'))
  const holder = await stage.begin('held')
  await holder.append(one('order-1', 1))
  await expect(append(engine, one('order-1', 1))).rejects.toThrow('another transaction held a lock for too long')
  await holder.rollback()
  expect(await append(engine, one('order-1', 1))).toMatchObject({ versions: [2] })
})

it('G1 where the server fails in the middle of an append, nothing of it is there, and the next goes well', async () => {
  const engine = await stage.open('middle')
  const sql = await stage.connect()
  await sql.query(`
    CREATE FUNCTION middle.fail() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION USING ERRCODE = '53100', MESSAGE = 'could not extend file'; END $$;
    CREATE TRIGGER full_disk BEFORE INSERT ON middle.commits
      FOR EACH ROW WHEN (NEW.stream = 'order-3') EXECUTE FUNCTION middle.fail()`)
  const group = ['order-1', 'order-2', 'order-3'].map((stream) => numbered(stream, 1))
  await expect(engine.events.append(group)).rejects.toThrow(
    /its disk is full\. Free some space; nothing was written half/,
  )
  for (const table of ['streams', 'commits', 'commands']) {
    expect((await sql.query(`SELECT * FROM middle.${table}`)).rows).toEqual([])
  }
  await sql.query('DROP TRIGGER full_disk ON middle.commits')
  expect((await engine.events.append(group)).map(({ outcome }) => outcome)).toEqual([
    'appended',
    'appended',
    'appended',
  ])
})

it('G3 a disk that is full refuses appends, keeps what it has, and takes more when there is space', {
  timeout: 60_000,
}, async ({ skip }) => {
  const disk = await smallDisk().catch(() => undefined)
  if (!disk) return skip('a small disk can only be made by root on Linux')
  const own = await startPostgres()
  try {
    const sql = await stage.connect(own.url)
    await sql.query(`CREATE TABLESPACE small LOCATION '${disk.path}'`)
    await sql.query('CREATE DATABASE small TABLESPACE small')
    const url = new URL(own.url)
    url.pathname = '/small'
    const engine = await stage.open('full', { url: url.href })
    const filling = await stage.connect(url.href)
    await filling.query(`CREATE TABLE filling AS SELECT repeat('x', 1000) FROM generate_series(1, 4000)`)
    const acknowledged = await fill(engine)
    expect(acknowledged).toBeGreaterThan(0)
    const commits = await engine.events.readStream('order-1', 0, 10_000)
    expect(commits.map(({ version }) => version)).toEqual(Array.from({ length: acknowledged }, (_, index) => index + 1))
    await filling.query('DROP TABLE filling')
    expect(await append(engine, one('order-1', acknowledged))).toMatchObject({ versions: [acknowledged + 1] })
  } finally {
    await own.remove()
    await disk.remove()
  }
})

/** Appends until the disk is full; how many appends were acknowledged. */
async function fill(engine: Engine): Promise<number> {
  for (let version = 0; ; version += 1) {
    const payload = JSON.stringify(randomBytes(20_000).toString('base64'))
    const member: Append = { streams: [{ stream: 'order-1', expected: version, count: 1, payload }], commands: [] }
    const error = await append(engine, member).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    if (!error) continue
    expect(error).toBeInstanceOf(EngineError)
    expect(String(error)).toContain('its disk is full. Free some space; nothing was written half.')
    return version
  }
}

/** A disk of 24 MB that belongs to the server. */
async function smallDisk(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const owner = execFileSync('id', ['-u', 'postgres'], { encoding: 'utf8' }).trim()
  const path = mkdtempSync(join(tmpdir(), 'weir-disk-'))
  await run('mount', ['-t', 'tmpfs', '-o', `size=24m,uid=${owner},mode=700`, 'weir', path]).catch((error) => {
    rmdirSync(path)
    throw error
  })
  return {
    path,
    remove: async () => {
      await run('umount', [path])
      rmdirSync(path)
    },
  }
}
