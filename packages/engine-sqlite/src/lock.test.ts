import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sqliteEngine } from './index.ts'

let directory: string
let children: ChildProcess[]

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'weir-'))
  children = []
})

afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(directory, { recursive: true })
})

const open = () => sqliteEngine({ directory })('box-office')

/** Runs a script in a process of its own; it finds `open` as above, and says what it says line by line. */
function run(script: string): { child: ChildProcess; lines: AsyncIterator<string>; ended: Promise<unknown> } {
  const engine = new URL('./index.ts', import.meta.url).href
  const prelude = `import { sqliteEngine } from ${JSON.stringify(engine)}
    const open = () => sqliteEngine({ directory: ${JSON.stringify(directory)} })('box-office')
    const append = (stream) => ({ streams: [{ stream, expected: 'any', count: 1, payload: '[1]' }], commands: [] })\n`
  const options = ['--conditions=@weir/source', '--input-type=module', '--eval', prelude + script]
  const child = spawn(process.execPath, options, { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  const ended = new Promise((resolve) => child.once('close', resolve))
  return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator](), ended }
}

const hold = `await open(); console.log('open'); setInterval(() => {}, 1000)`

describe('a store is used by one process', () => {
  it('a second engine in the same process is refused, until the first has closed', async () => {
    const first = await open()
    await expect(open()).rejects.toThrow(/box-office\.db is open in this process already/)
    await first.events.append([])
    await first.close()
    await (await open()).close()
  })

  it('another application in the same directory is another store', async () => {
    const engines = await Promise.all(['a', 'b'].map(sqliteEngine({ directory })))
    expect(engines[0]?.storeId).not.toBe(engines[1]?.storeId)
    for (const engine of engines) await engine.close()
  })

  it('a second process is refused, and told which process is there and what to do', async () => {
    const { child, lines } = run(hold)
    await lines.next()
    const path = join(directory, 'box-office.db')
    await expect(open()).rejects.toMatchObject({
      name: 'EngineError',
      message:
        `${path} is in use by another process (pid ${child.pid}). ` +
        'Stop it, or give this one another --data directory.',
    })
  })

  it('this process is in the way of another, too', async () => {
    const engine = await open()
    const { lines } = run(`await open().catch((error) => console.log(error.message))`)
    expect((await lines.next()).value).toContain(`(pid ${process.pid})`)
    await engine.close()
  })

  it('of many that start at once, one gets it', async () => {
    const started = Array.from({ length: 4 }, () =>
      run(`await open().then(() => console.log('open'), () => console.log('refused'))`),
    )
    const said = await Promise.all(started.map(({ lines }) => lines.next()))
    expect(said.map(({ value }) => value)).toContain('open')
    await Promise.all(started.map(({ ended }) => ended))
    await (await open()).close()
  })

  it('a killed process is in nobody’s way', async () => {
    const { child, lines, ended } = run(hold)
    await lines.next()
    child.kill('SIGKILL')
    await ended
    await (await open()).close()
  })
})

it('G3 what a process had been told is appended is there after it was killed', async () => {
  for (let round = 0; round < 3; round += 1) {
    const { child, lines, ended } = run(`const { events } = await open()
      for (let turn = 0; ; turn += 1) {
        const results = await events.append(Array.from({ length: 20 }, () => append('shared')))
        process.stdout.write(results.at(-1).versions[0] + '\\n')
        await new Promise((resolve) => setImmediate(resolve))
      }`)
    let told = 0
    for (let line = 0; line < 30 + round * 20; line += 1) told = Number((await lines.next()).value)
    child.kill('SIGKILL')
    await ended
    const engine = await open()
    const commits = await engine.events.readStream('shared', 0, 1_000_000)
    expect(commits.length).toBeGreaterThanOrEqual(told)
    expect(commits.length % 20).toBe(0)
    expect(commits.map(({ version }) => version)).toEqual(commits.map((_, index) => index + 1))
    await engine.close()
  }
})

it('other programs can read the file while it is open, also while it is written', async () => {
  const engine = await open()
  const append = () =>
    engine.events.append([{ streams: [{ stream: 'a', expected: 'any', count: 1, payload: '[1]' }], commands: [] }])
  await append()
  const path = join(directory, 'box-office.db')
  const read = `import { DatabaseSync } from 'node:sqlite'
    const reader = new DatabaseSync(${JSON.stringify(path)}, { readOnly: true })
    reader.exec('BEGIN')
    const count = () => reader.prepare('SELECT count(*) AS count FROM commits').get().count
    console.log(count())
    setTimeout(() => console.log(count()), 100)`
  const { lines } = run(read)
  expect((await lines.next()).value).toBe('1')
  await append()
  expect((await lines.next()).value).toBe('1')
  await engine.close()
  const reader = new DatabaseSync(path, { readOnly: true })
  expect(reader.prepare('SELECT count(*) AS count FROM commits').get()).toEqual({ count: 2 })
  reader.close()
})
