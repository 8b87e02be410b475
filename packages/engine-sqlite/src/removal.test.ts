import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Engine, Generation } from 'weir/ports'
import { sqliteEngine } from './index.ts'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'weir-'))
})

afterEach(() => rmSync(directory, { recursive: true }))

const open = () => sqliteEngine({ directory })('box-office')
const model = { name: 'concerts', fingerprint: 'v1', indexes: ['date', 'hall'], partitions: 1 }

/** A generation that is under construction, with documents, tombstones and waiting events, beside one that serves. */
async function build({ readModels }: Engine, count: number): Promise<Generation> {
  await readModels.create({ ...model, fingerprint: 'v0' }, 0)
  const generation = { ...(await readModels.create(model, 0)), partition: 0 }
  const { lease } = await readModels.open(generation)
  const numbers = Array.from({ length: count }, (_, index) => index)
  const documents = numbers.map((index) => {
    const body = index % 10 === 0 ? undefined : JSON.stringify({ date: `${(index * 7919) % count}`, hall: `${index}` })
    return { id: `${index}`, body, stream: 's', version: 1 }
  })
  const event = { stream: 's', document: 'x', since: 1, error: undefined, attempts: 0 }
  const waiting = numbers.slice(count / 2).map((version) => ({ ...event, version }))
  await readModels.save(generation, lease, { cursor: '1', documents, waiting, settled: [] })
  return generation
}

/** What is in the file of the generation with this number, and whether it is known that it has to go. */
function remains(number: number): unknown {
  const database = new DatabaseSync(join(directory, 'box-office.db'), { readOnly: true })
  const value = (sql: string) => Object.values(database.prepare(sql).get() ?? {})[0]
  const found = {
    tables: value(`SELECT count(*) FROM sqlite_schema WHERE name LIKE 'doc_concerts_${number}%'`),
    waiting: value(`SELECT count(*) FROM waiting WHERE number = ${number}`),
    dropped: value(`SELECT count(*) FROM dropped WHERE number = ${number}`),
  }
  database.close()
  return found
}

const nothing = { tables: 0, waiting: 0, dropped: 0 }

it('G9 a generation that was dropped leaves nothing in the file', async () => {
  const engine = await open()
  const generation = await build(engine, 3_000)
  await engine.readModels.drop(generation)
  await expect(engine.readModels.get(generation, '1')).rejects.toThrow(
    'Generation 2 of read model concerts is not there any more.',
  )
  expect(remains(2)).toEqual(nothing)
  expect(remains(1)).toMatchObject({ tables: 4 })
  await engine.close()
})

it('G9 others have their turn while a large generation is dropped', async () => {
  const engine = await open()
  const generation = await build(engine, 20_000)
  let turns = 0
  const dropped = engine.readModels.drop(generation).then(() => true)
  await expect(engine.readModels.get(generation, '1')).rejects.toThrow('not there any more')
  while (!(await Promise.race([dropped, setImmediate(false)]))) turns += 1
  // A step removes a thousand rows at most.
  expect(turns).toBeGreaterThanOrEqual(30)
  await engine.close()
})

it('G9 generations that are dropped at the same time all go', async () => {
  const engine = await open()
  const first = await build(engine, 2_000)
  const second = await engine.readModels.create({ ...model, fingerprint: 'v2' }, 0)
  await Promise.all([engine.readModels.drop(first), engine.readModels.drop(second), engine.readModels.drop(first)])
  expect([remains(2), remains(3)]).toEqual([nothing, nothing])
  await engine.close()
})

it('G9 what a process did not come to remove is removed by the next, in the background', async () => {
  const first = await open()
  const generation = await build(first, 20_000)
  const dropped = first.readModels.drop(generation)
  await first.close()
  await dropped
  expect(remains(2)).toMatchObject({ tables: 4, dropped: 1 })

  const second = await open()
  expect(remains(2)).toMatchObject({ dropped: 1 })
  expect(await second.readModels.generations('concerts')).toMatchObject([{ number: 1 }])
  expect(await second.readModels.create(model, 0)).toMatchObject({ number: 3 })
  await expect.poll(() => remains(2)).toEqual(nothing)
  await second.close()
})
