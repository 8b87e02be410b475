import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Engine, EngineError } from 'weir/ports'
import { sqliteEngine } from './index.ts'

let directory: string
let path: string
let child: ChildProcess | undefined

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'weir-'))
  path = join(directory, 'box-office.db')
})

afterEach(() => {
  child?.kill('SIGKILL')
  rmSync(directory, { recursive: true })
})

const open = () => sqliteEngine({ directory })('box-office')
const look = () => sqliteEngine({ directory, readOnly: true })('box-office')
const model = { name: 'concerts', fingerprint: 'v1', indexes: [], partitions: 1 }
const generation = { model: 'concerts', number: 1, partition: 0 }
const append = { streams: [{ stream: 'a', expected: 'any', count: 1, payload: '[1]' }], commands: [] } as const
const none = { cursor: '1', documents: [], waiting: [], settled: [] }

/** Everything in the directory, to the last bit. */
function files(): Record<string, string> {
  const hash = (name: string) =>
    createHash('sha256')
      .update(readFileSync(join(directory, name)))
      .digest('hex')
  return Object.fromEntries(readdirSync(directory).map((name) => [name, hash(name)]))
}

async function makeStore(): Promise<void> {
  const engine = await open()
  await engine.events.append([append])
  await engine.readModels.create(model, 0)
  const { lease } = await engine.readModels.open(generation)
  const documents = [{ id: '1', body: '{}', stream: 'a', version: 1 }]
  await engine.readModels.save(generation, lease, { ...none, documents })
  await engine.close()
}

/** A process that has the store open and appends a commit for each line that it is sent. */
async function startWriter(): Promise<{ write(): Promise<void>; stop(): Promise<void> }> {
  const engine = new URL('./index.ts', import.meta.url).href
  const script = `import { sqliteEngine } from ${JSON.stringify(engine)}
    import { createInterface } from 'node:readline'
    const engine = await sqliteEngine({ directory: ${JSON.stringify(directory)} })('box-office')
    console.log('open')
    for await (const _ of createInterface({ input: process.stdin })) {
      await engine.events.append([${JSON.stringify(append)}])
      console.log('written')
    }
    await engine.close()`
  const options = ['--conditions=@weir/source', '--input-type=module', '--eval', script]
  const writer = spawn(process.execPath, options, { stdio: ['pipe', 'pipe', 'inherit'] })
  child = writer
  const ended = new Promise<void>((resolve) => writer.once('close', () => resolve()))
  const lines = createInterface({ input: writer.stdout })[Symbol.asyncIterator]()
  await lines.next()
  return {
    write: async () => {
      writer.stdin.write('\n')
      await lines.next()
    },
    stop: () => {
      writer.stdin.end()
      return ended
    },
  }
}

describe('a store that is open for reading only', () => {
  it('shows what is in it, and leaves every file as it was', async () => {
    await makeStore()
    const before = files()
    const reader = await look()
    await reader.check()
    expect((await reader.events.readFeed(undefined, 10)).commits).toHaveLength(1)
    expect(await reader.events.progress(undefined)).toEqual({ done: 0, total: 1 })
    expect(await reader.readModels.generations('concerts')).toMatchObject([{ number: 1, state: 'serving' }])
    expect(await reader.readModels.get(generation, '1')).toMatchObject({ body: '{}' })
    await reader.close()
    expect(files()).toEqual(before)
  })

  it('is the same store for consistency tokens', async () => {
    const writer = await open()
    const reader = await look()
    expect([reader.storeId, reader.epoch]).toEqual([writer.storeId, writer.epoch])
    await reader.close()
    await writer.close()
  })

  it('takes no lock: a process that serves it goes on, and what it writes is seen', async () => {
    await makeStore()
    const writer = await startWriter()
    await writer.write()
    const before = readFileSync(path)
    const reader = await look()
    expect((await reader.events.readStream('a', 0, 10)).length).toBe(2)
    await writer.write()
    expect((await reader.events.readStream('a', 0, 10)).length).toBe(3)
    expect(await reader.events.progress(await reader.events.feedEnd())).toEqual({ done: 3, total: 3 })
    expect(await reader.events.locate([], '3')).toBe('3')
    expect(await reader.events.locate([], '4')).toBeUndefined()
    await reader.check()
    await reader.close()
    expect(readFileSync(path).equals(before)).toBe(true)
    await writer.write()
    await writer.stop()
    expect(readdirSync(directory).sort()).toEqual(['box-office.db', 'box-office.lock'])
  })

  it('shows one moment when it is pinned, while a process goes on to write', async () => {
    await makeStore()
    const writer = await startWriter()
    const reader = await sqliteEngine({ directory, readOnly: true, pinned: true })('box-office')
    await writer.write()
    expect(await reader.events.readStream('a', 0, 10)).toHaveLength(1)
    expect(await reader.events.progress(undefined)).toEqual({ done: 0, total: 1 })
    await reader.close()
    await writer.write()
    await writer.stop()
    expect(readdirSync(directory).sort()).toEqual(['box-office.db', 'box-office.lock'])
  })

  it('is in nobody’s way: a process can start to serve it meanwhile', async () => {
    await makeStore()
    const reader = await look()
    const writer = await open()
    await writer.events.append([append])
    await reader.close()
    await writer.events.append([append])
    expect(await writer.events.readStream('a', 0, 10)).toHaveLength(3)
    await writer.close()
    expect(readdirSync(directory).sort()).toEqual(['box-office.db', 'box-office.lock'])
  })

  it('does not touch what a killed process left in its log', async () => {
    const writer = await open()
    await writer.events.append([append])
    const killed = mkdtempSync(join(directory, 'killed-'))
    for (const suffix of ['', '-wal']) copyFileSync(path + suffix, join(killed, `box-office.db${suffix}`))
    await writer.close()
    const log = readFileSync(join(killed, 'box-office.db-wal'))
    const before = readFileSync(join(killed, 'box-office.db'))
    const reader = await sqliteEngine({ directory: killed, readOnly: true })('box-office')
    expect(await reader.events.readStream('a', 0, 10)).toHaveLength(1)
    await reader.close()
    expect(readFileSync(join(killed, 'box-office.db')).equals(before)).toBe(true)
    expect(readFileSync(join(killed, 'box-office.db-wal')).equals(log)).toBe(true)
  })

  it.each<[string, (engine: Engine) => Promise<unknown>]>([
    ['append', ({ events }) => events.append([append])],
    ['saveSnapshot', ({ events }) => events.saveSnapshot('a', { version: 1, fingerprint: 'v1', state: '{}' })],
    ['create', ({ readModels }) => readModels.create(model, 0)],
    ['open', ({ readModels }) => readModels.open(generation)],
    ['serve', ({ readModels }) => readModels.serve(generation, 1, 0)],
    ['mark', ({ readModels }) => readModels.mark(generation, 'stopped', 0)],
    ['drop', ({ readModels }) => readModels.drop(generation)],
    ['save', ({ readModels }) => readModels.save(generation, 1, none)],
  ])('refuses to %s', async (_, write) => {
    await makeStore()
    const reader = await look()
    await expect(write(reader)).rejects.toThrow(
      new EngineError(`${path} is open for reading only. Open it without readOnly to write.`),
    )
    await reader.close()
  })

  it('finds a generation that its process dropped gone', async () => {
    await makeStore()
    const writer = await open()
    const next = await writer.readModels.create({ ...model, fingerprint: 'v2' }, 0)
    const reader = await look()
    expect(await reader.readModels.get(next, '1')).toBeUndefined()
    await writer.readModels.drop(next)
    await expect(reader.readModels.get(next, '1')).rejects.toThrow('not there any more')
    await reader.close()
    await writer.close()
  })
})

describe('there is nothing to read', () => {
  it('when there is no store: nothing is made', async () => {
    await expect(look()).rejects.toThrow(`${path}: there is no such store. Start the application once to make it`)
    expect(readdirSync(directory)).toEqual([])
    const elsewhere = join(directory, 'elsewhere')
    await expect(sqliteEngine({ directory: elsewhere, readOnly: true })('a')).rejects.toThrow(EngineError)
    expect(existsSync(elsewhere)).toBe(false)
  })

  it('when the store is of an earlier version: it is not upgraded', async () => {
    await makeStore()
    const database = new DatabaseSync(path)
    database.exec('PRAGMA user_version = 1')
    database.close()
    const before = files()
    await expect(look()).rejects.toThrow(
      `${path} was written by an earlier version of Weir. Start the application once to upgrade it.`,
    )
    expect(files()).toEqual(before)
  })

  it('when it is not one of Weir’s', async () => {
    const database = new DatabaseSync(path)
    database.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (a)')
    database.close()
    const before = files()
    await expect(look()).rejects.toThrow('another program')
    expect(files()).toEqual(before)
  })
})
