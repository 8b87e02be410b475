import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { EngineError } from 'weir/ports'
import { sqliteEngine } from './index.ts'

let directory: string
let path: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'weir-'))
  path = join(directory, 'box-office.db')
})

afterEach(() => rmSync(directory, { recursive: true }))

const open = () => sqliteEngine({ directory })('box-office')

/** Makes a store with something in it, and closes it. */
async function makeStore(count = 200): Promise<void> {
  const engine = await open()
  const payload = JSON.stringify('x'.repeat(500))
  const streams = Array.from({ length: count }, (_, index) => `order-${index}`)
  await engine.events.append(
    streams.map((stream) => ({ streams: [{ stream, expected: 'absent', count: 1, payload }], commands: [] })),
  )
  await engine.close()
}

function change(sql: string): void {
  const database = new DatabaseSync(path)
  database.exec(sql)
  database.close()
}

describe('a file that cannot be used is refused in clear words, and stays as it is', () => {
  it.each<[string, () => void | Promise<void>, RegExp]>([
    ['text', () => writeFileSync(path, 'Dear diary,\n'.repeat(500)), /not a database.*Move it away/],
    ['a few bytes', () => writeFileSync(path, 'x'), /not a database.*Move it away/],
    ['a short text', () => writeFileSync(path, 'x'.repeat(600)), /not a database.*Move it away/],
    ['zeros', () => writeFileSync(path, Buffer.alloc(8192)), /not a database.*Move it away/],
    ['a database of another program', () => change('CREATE TABLE t (a); INSERT INTO t VALUES (1)'), /another program/],
    ['one that says which program', () => change('PRAGMA application_id = 7; CREATE TABLE t (a)'), /another program/],
    ['one in WAL mode', () => change('PRAGMA journal_mode = WAL; CREATE TABLE t (a)'), /another program/],
    ['one that was not closed', () => notClosed(), /another program/],
    ['a newer version', () => makeStore().then(() => change('PRAGMA user_version = 99')), /newer version of Weir/],
    ['half a file', () => makeStore().then(() => truncateSync(path, statSync(path).size / 2)), /damaged/],
    ['a damaged page', () => makeStore().then(() => scribble(20)), /damaged.*Restore it from a backup/],
    ['a damaged schema', () => makeStore().then(() => scribble(0, 100)), /damaged|not a database/],
  ])('%s', async (_, make, message) => {
    await make()
    const before = readFileSync(path)
    const failure = await open().catch((error) => error)
    expect(failure).toBeInstanceOf(EngineError)
    expect(failure.message).toMatch(message)
    expect(failure.message).toContain(path)
    expect(readFileSync(path).equals(before)).toBe(true)
    expect(readdirSync(directory).filter((name) => name.endsWith('-journal'))).toEqual([])
  })

  /** Overwrites a page, or what follows its first bytes. */
  function scribble(page: number, from = 0): void {
    const bytes = readFileSync(path)
    bytes.fill(0x5a, page * 4096 + from, (page + 1) * 4096)
    writeFileSync(path, bytes)
  }

  /** A database of another program that was killed: what it wrote last is in its write-ahead log. */
  function notClosed(): void {
    const original = join(directory, 'original')
    const database = new DatabaseSync(original)
    database.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (a)')
    for (const suffix of ['', '-wal']) copyFileSync(original + suffix, path + suffix)
    database.close()
  }

  it('can be opened again once the cause is gone', async () => {
    writeFileSync(path, 'Dear diary,')
    await expect(open()).rejects.toThrow('not a database')
    rmSync(path)
    await (await open()).close()
  })
})

describe('places', () => {
  it('makes the directory, with those above it', async () => {
    const engine = await sqliteEngine({ directory: join(directory, 'a/b') })('box-office')
    expect(existsSync(join(directory, 'a/b/box-office.db'))).toBe(true)
    await engine.close()
  })

  it('says so when the directory is a file, or the file a directory', async () => {
    writeFileSync(join(directory, 'file'), '')
    await expect(sqliteEngine({ directory: join(directory, 'file') })('a')).rejects.toThrow(EngineError)
    mkdirSync(path)
    await expect(open()).rejects.toThrow(EngineError)
  })

  it.each(['', '.', '..', '../a', 'a/b', 'a\\b', '.hidden', 'a\0', '/etc/passwd'])(
    'refuses %j as a file name',
    async (name) => {
      await expect(sqliteEngine({ directory })(name)).rejects.toThrow(EngineError)
      expect(readdirSync(directory)).toEqual([])
    },
  )

  it('says so when the directory may not be written', async () => {
    await asNobody(async () => {
      await expect(open()).rejects.toThrow(/box-office\.lock: it cannot be (opened|written).*--data/)
      await expect(sqliteEngine({ directory: join(directory, 'a') })('b')).rejects.toThrow(/cannot be written.*--data/)
    })
  })

  it('says so when the file may not be written', async () => {
    await makeStore()
    const before = readFileSync(path)
    chmodSync(directory, 0o777)
    chmodSync(join(directory, 'box-office.lock'), 0o666)
    chmodSync(path, 0o444)
    await asNobody(() => expect(open()).rejects.toThrow(/box-office\.db: it cannot be written/))
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  /** Rights do not bind root: as root, runs as a user that owns nothing. */
  async function asNobody(work: () => Promise<void>): Promise<void> {
    if (process.geteuid?.() !== 0) {
      if (!existsSync(path)) chmodSync(directory, 0o555)
      return work().finally(() => chmodSync(directory, 0o755))
    }
    process.seteuid?.(65534)
    await work().finally(() => process.seteuid?.(0))
  }
})

describe('what a start finds', () => {
  it('an empty file becomes a store', async () => {
    writeFileSync(path, '')
    await makeStore()
    expect(readFileSync(path).subarray(0, 15).toString()).toBe('SQLite format 3')
  })

  it('a file whose making was cut short becomes a store', async () => {
    change('PRAGMA journal_mode = WAL')
    expect(statSync(path).size).toBeGreaterThan(0)
    await makeStore()
  })

  it('a closed store is one file, beside its lock', async () => {
    await makeStore()
    expect(readdirSync(directory).sort()).toEqual(['box-office.db', 'box-office.lock'])
  })

  it('a store that was not closed is as it was', async () => {
    const engine = await open()
    const generation = {
      ...(await engine.readModels.create({ name: 'concerts', fingerprint: 'v1', indexes: [], partitions: 1 }, 0)),
      partition: 0,
    }
    const { lease } = await engine.readModels.open(generation)
    await engine.events.append([
      { streams: [{ stream: 'a', expected: 'absent', count: 1, payload: '[1]' }], commands: [] },
    ])
    const copy = mkdtempSync(join(tmpdir(), 'weir-'))
    for (const name of readdirSync(directory)) copyFileSync(join(directory, name), join(copy, name))
    await engine.close()
    const crashed = await sqliteEngine({ directory: copy })('box-office')
    expect(await crashed.events.readStream('a', 0, 10)).toHaveLength(1)
    expect((await crashed.readModels.open(generation)).lease).toBe(lease + 1)
    await crashed.close()
    rmSync(copy, { recursive: true })
  })
})

describe('G8 the epoch changes when the history may be another', () => {
  const visit = async (at = directory) => {
    const engine = await sqliteEngine({ directory: at })('box-office')
    await engine.close()
    return { storeId: engine.storeId, epoch: engine.epoch }
  }

  it('stays from start to start', async () => {
    const first = await visit()
    expect(await visit()).toEqual(first)
    expect(await visit()).toEqual(first)
  })

  it.each([
    ['alone', ['box-office.db']],
    ['with its lock', ['box-office.db', 'box-office.lock']],
  ])('changes when the file was copied elsewhere, %s; the original keeps its own', async (_, names) => {
    const original = await visit()
    const elsewhere = join(directory, 'elsewhere')
    mkdirSync(elsewhere)
    for (const name of names) copyFileSync(join(directory, name), join(elsewhere, name))
    const copy = await visit(elsewhere)
    expect(copy.storeId).toBe(original.storeId)
    expect(copy.epoch).not.toBe(original.epoch)
    expect(await visit(elsewhere)).toEqual(copy)
    expect(await visit()).toEqual(original)
  })

  it('stays when a start was refused in between', async () => {
    const original = await visit()
    change('PRAGMA user_version = 99')
    await expect(visit()).rejects.toThrow('newer')
    change('PRAGMA user_version = 3')
    expect(await visit()).toEqual(original)
  })

  it('stays when the file got the last stamp, but the lock did not', async () => {
    const original = await open()
    const lock = readFileSync(join(directory, 'box-office.lock'))
    await original.close()
    writeFileSync(join(directory, 'box-office.lock'), lock)
    expect((await visit()).epoch).toBe(original.epoch)
  })

  it('changes when a backup of a running store was put back after it had closed', async () => {
    const original = await open()
    const backup = readFileSync(path)
    const log = readFileSync(`${path}-wal`)
    await original.close()
    writeFileSync(path, backup)
    writeFileSync(`${path}-wal`, log)
    expect((await visit()).epoch).not.toBe(original.epoch)
  })

  it('changes when a backup was put back in place', async () => {
    const original = await visit()
    const backup = readFileSync(path)
    await makeStore()
    writeFileSync(path, backup)
    const restored = await visit()
    expect(restored.storeId).toBe(original.storeId)
    expect(restored.epoch).not.toBe(original.epoch)
  })
})
