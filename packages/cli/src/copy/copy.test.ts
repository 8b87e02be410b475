import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { stripVTControlCharacters } from 'node:util'
import { sqliteEngine } from '@weir/engine-sqlite'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { after, aggregate, app, policy } from 'weir'
import type { Append, Engine } from 'weir/ports'
import { type Runtime, startRuntime } from 'weir/runtime'
import * as z from 'zod'
import { type CopyFlags, copy } from './copy.ts'

let folder: string
let said: string
let onCopying: (() => Promise<unknown>) | undefined

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-copy-'))
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    said += stripVTControlCharacters(String(chunk))
    if (said.includes('Copying')) {
      void onCopying?.()
      onCopying = undefined
    }
    return true
  })
})

afterEach(() => {
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true })
})

const place = (name: string) => join(folder, name)

const open = (name: string) => sqliteEngine({ directory: place(name) })('shop')

/** Writes to the store of a place, or reads it. */
async function withStore<T>(name: string, work: (engine: Engine) => Promise<T>): Promise<T> {
  const engine = await open(name)
  try {
    return await work(engine)
  } finally {
    await engine.close()
  }
}

const order = (id: number, text: string, commandId?: string): Append => {
  const stream = `order-${id}`
  const payload = JSON.stringify([{ type: 'Noted', data: { text } }])
  const command = { commandId: commandId ?? '', stream, version: 1, count: 1, hash: 'hash' }
  return { streams: [{ stream, expected: 'any', count: 1, payload }], commands: commandId ? [command] : [] }
}

const record = (name: string, ...group: Append[]) => withStore(name, ({ events }) => events.append(group))

/** Everything that is recorded: commits without their place in the feed, and commands. */
const contentOf = (name: string) =>
  withStore(name, async ({ events }) => {
    const { commits } = await events.readFeed(undefined, 10_000)
    return [commits.map(({ position: _, ...commit }) => commit), await events.commands(undefined, 10_000)]
  })

async function run(flags: Partial<CopyFlags> = {}): Promise<number> {
  said = ''
  return copy({ from: place('old'), to: place('new'), ...flags })
}

const many = Array.from({ length: 2500 }, (_, index) =>
  order(index % 40, `${index} it's “so” 🙂 ${'x'.repeat(index % 7)}`, index % 5 === 0 ? `key-${index}` : undefined),
)

test('what is recorded is copied byte for byte, with the ids of commands; the source stays as it is', async () => {
  await record('old', ...many)
  const file = () =>
    createHash('sha256')
      .update(readFileSync(join(place('old'), 'shop.db')))
      .digest('hex')
  const before = file()
  expect(await run()).toBe(0)
  expect(said).toMatch(/^shop: .*old → .*new\n {2}Copying.*2,500 events copied in.*✓ both hold 2,500 events in/s)
  expect(file()).toBe(before)
  expect(await contentOf('new')).toEqual(await contentOf('old'))
  expect(await withStore('new', ({ events }) => events.append([order(1, 'again', 'key-0')]))).toEqual([
    { outcome: 'duplicate', commandId: 'key-0' },
  ])
})

test('a copy that was broken off goes on where it was', async () => {
  await record('old', ...many.slice(0, 900))
  await run()
  await record('old', ...many.slice(900))
  expect(await run()).toBe(0)
  expect(said).toMatch(/1,600 events copied/)
  expect(await contentOf('new')).toEqual(await contentOf('old'))
  expect(await run()).toBe(0)
  expect(said).toMatch(/ 0 events copied/)
})

test.each([
  ['another stream', order(99, 'theirs')],
  ['another event', order(0, 'theirs')],
])('a target that holds %s is refused, and stays as it is', async (_, other) => {
  await record('old', ...many.slice(0, 50))
  await record('new', other)
  const before = await contentOf('new')
  await expect(run()).rejects.toThrow(/holds something else: the stream order-\d+ is not as in the source/)
  expect(await contentOf('new')).toEqual(before)
})

test('comparing only names what is not the same, and writes nothing', async () => {
  await record('old', ...many.slice(0, 20), order(50, 'here only'))
  await record('new', ...many.slice(0, 19), order(19, 'not the same', 'key-lost'))
  expect(await run({ verify: true })).toBe(1)
  expect(said).toMatch(
    /✗ they differ: the source holds 21 events in 21 commits, and 4 commands,\n +the target 20 events/,
  )
  expect(said).toMatch(/records of commands differ\n.*2 streams that are not the same:\n +order-19\n +order-50\n/)
  await expect(run({ verify: true, to: place('nowhere') })).rejects.toThrow(/there is no such store/)
  expect(existsSync(place('nowhere'))).toBe(false)
})

test('what is written to the source meanwhile is noticed', async () => {
  await record('old', ...many)
  const writer = await open('old')
  onCopying = () => writer.events.append([order(1, 'meanwhile')])
  expect(await run()).toBe(1)
  expect(said).toMatch(/✗ The source was written to meanwhile: stop the application, and copy again/)
  await writer.close()
  expect(await run()).toBe(0)
})

test('places that make no sense are told, and nothing is made', async () => {
  await expect(run()).rejects.toThrow(/There is no store in .*old\. Name another place with --from/)
  await record('old', order(1, 'x'))
  await expect(run({ app: 'shp' })).rejects.toThrow(/no store of 'shp' in .*old, only of shop/)
  await expect(run({ to: place('old') })).rejects.toThrow(/the same place/)
  await expect(run({ from: join(place('old'), 'shop.db') })).rejects.toThrow(/is a file\. Name the folder/)
  await expect(run({ to: 'dynamo:shop-' })).rejects.toThrow(
    /'dynamo:' begins no place of stores. Name a folder, postgres.*, or dynamodb:/,
  )
  expect(existsSync(place('new'))).toBe(false)
})

test('the books that a service keeps beside the stores stay where they are', async () => {
  await record('old', order(1, 'x'))
  const books = new DatabaseSync(join(place('old'), 'gateway.db'))
  books.exec('CREATE TABLE charges (id)')
  books.close()
  expect(await run()).toBe(0)
  expect(existsSync(join(place('new'), 'shop.db'))).toBe(true)
  expect(existsSync(join(place('new'), 'gateway.db'))).toBe(false)
})

const Order = aggregate('order', { events: { Placed: z.object({}), Reminded: z.object({}) }, initialState: 0 })
  .evolve({ Placed: (count) => count + 1, Reminded: (count) => count + 1 })
  .commands({
    place: { input: z.object({}), decide: () => ({ type: 'Placed', data: {} }) },
    remind: { input: z.object({}), decide: () => ({ type: 'Reminded', data: {} }) },
  })
const told: string[] = []
const remind = policy('remind', { attempts: 1 }).on(Order, {
  Placed: ({ aggregateId }) => {
    told.push(aggregateId)
    if (aggregateId === 'bad') throw new Error('no such customer')
    return after('1 day', Order.commands.remind(aggregateId, {}), { key: aggregateId })
  },
})
const shop = app('shop', { routes: {}, aggregates: [Order], policies: [remind] })

/** Starts the shop at a place, and stops it when the work is done. */
async function inShop<T>(name: string, work: (runtime: Runtime) => Promise<T>): Promise<T> {
  const runtime = await startRuntime(shop, { engine: sqliteEngine({ directory: place(name) }) })
  try {
    return await work(runtime)
  } finally {
    await runtime.stop()
  }
}

const placeOrder = (runtime: Runtime, id: string) => runtime.execute(Order.commands.place(id, {}))

test('G3 policies go on where they were: timers and dead letters come along, and nothing is reacted to again', async () => {
  await inShop('old', async (runtime) => {
    for (const id of ['early', 'bad', 'late']) await placeOrder(runtime, id)
    await vi.waitFor(async () => {
      expect(await runtime.operations.timers()).toHaveLength(2)
      expect(await runtime.operations.deadLetters()).toHaveLength(1)
    })
  })
  expect(await run()).toBe(0)
  told.length = 0
  await inShop('new', async (runtime) => {
    expect((await runtime.operations.timers()).map(({ key }) => key).sort()).toEqual(['early', 'late'])
    expect(await runtime.operations.deadLetters()).toMatchObject([{ stream: 'order-bad', error: 'no such customer' }])
    await placeOrder(runtime, 'new')
    await vi.waitFor(async () => expect(await runtime.operations.timers()).toHaveLength(3))
  })
  // What is parked is tried again at each start.
  expect(told.filter((id) => id !== 'bad')).toEqual(['new'])
  await expect(run()).rejects.toThrow(/holds something else/)
})

test('a policy that has not come to the end holds the copy up, unless it is left behind', async () => {
  await inShop('old', async () => {})
  await record('old', order(1, 'not seen by the policy'))
  await expect(run()).rejects.toThrow(/policy 'remind' has not come to the end.*--without-policies remind/)
  expect(existsSync(place('new'))).toBe(false)
  expect(await run({ withoutPolicies: ['remind'] })).toBe(0)
  expect(await run({ withoutPolicies: true })).toBe(0)
})

test('a target that an application was started on is refused: its policies would take history for news', async () => {
  await record('old', order(1, 'x'))
  await inShop('new', async () => {})
  await expect(run()).rejects.toThrow(/has read models: an application was started on it/)
})
