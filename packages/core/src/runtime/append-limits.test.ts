import { expect, test } from 'vitest'
import * as z from 'zod'
import { aggregate, app } from '../definitions/index.ts'
import { type Append, type AppendLimits, noLimits } from '../ports/index.ts'
import { World } from './world.fixture.ts'

const Book = aggregate('book', { events: { Written: z.object({ text: z.string() }) }, initialState: 0 })
  .evolve({ Written: (count) => count + 1 })
  .commands({
    write: {
      input: z.object({ texts: z.array(z.string()) }),
      decide: (_, { texts }) => texts.map((text) => ({ type: 'Written', data: { text } })),
    },
  })
const Shelf = aggregate('shelf', { events: { Sorted: z.object({}) }, initialState: 0 })
  .evolve({ Sorted: (count) => count + 1 })
  .commands({
    sort: {
      input: z.object({ a: z.string(), b: z.string() }),
      writes: { first: Book.at('a'), second: Book.at('b') },
      decide: (_, __, { first, second }) => [
        first.event('Written', { text: 'sorted' }),
        second.event('Written', { text: 'sorted' }),
      ],
    },
  })
const library = app('library', { routes: {}, aggregates: [Book, Shelf] })

/** An application whose store takes no more in one append, and all that it was given. */
async function libraryWith(limits: Partial<AppendLimits>) {
  const world = await World.make()
  const appends: Append[] = []
  const runtime = await world.start(library, {
    events: (events) => ({
      limits: { ...noLimits, ...limits },
      append: (group) => {
        appends.push(...group)
        return events.append(group)
      },
    }),
  })
  const write = (texts: string[], commandId?: string) =>
    runtime.execute(Book.commands.write('1', { texts }), commandId === undefined ? {} : { commandId })
  return { world, runtime, appends, write }
}

const bytesOf = ({ streams }: Append) => streams.reduce((sum, { payload }) => sum + Buffer.byteLength(payload), 0)

test('G1 commands of one stream share appends that are within what the store takes, in their order', async () => {
  const { world, appends, write } = await libraryWith({ text: 3000 })
  const text = '🙂'.repeat(100)
  const outcomes = await world.run(Promise.all(Array.from({ length: 20 }, () => write([text]))))
  expect(outcomes.map((outcome) => outcome.outcome === 'accepted' && outcome.version)).toEqual(
    Array.from({ length: 20 }, (_, index) => index + 1),
  )
  expect(appends.length).toBeGreaterThan(1)
  expect(appends.length).toBeLessThan(20)
  for (const append of appends) expect(bytesOf(append)).toBeLessThanOrEqual(3000)
})

test('G6 an append records no more commands than the store takes', async () => {
  const { world, appends, write } = await libraryWith({ commands: 3 })
  await world.run(Promise.all(Array.from({ length: 8 }, (_, index) => write(['x'], `key-${index}`))))
  expect(appends.map(({ commands }) => commands.length)).toEqual([3, 3, 2])
})

test('G6 ids of commands count, too: they are kept beside what the commands record', async () => {
  const { world, appends, write } = await libraryWith({ text: 8000 })
  const keys = Array.from({ length: 20 }, (_, index) => `key-${index}`.padEnd(250, '.'))
  await world.run(Promise.all(keys.map((key) => write(['x'], key))))
  const withCommands = (append: Append) =>
    append.commands.reduce((sum, { commandId, hash }) => sum + commandId.length + hash.length, bytesOf(append))
  expect(appends.flatMap(({ commands }) => commands.map(({ commandId }) => commandId))).toEqual(keys)
  for (const append of appends) expect(withCommands(append)).toBeLessThanOrEqual(8000)
})

test('a command that alone is too large is refused with a reason; those beside it are not', async () => {
  const { world, appends, write } = await libraryWith({ text: 1000 })
  const large = ['x'.repeat(600), 'y'.repeat(600)]
  const [before, refused, after] = await world.run(Promise.allSettled([write(['a']), write(large), write(['b'])]))
  expect(before).toMatchObject({ status: 'fulfilled', value: { version: 1 } })
  expect(refused).toMatchObject({
    status: 'rejected',
    reason: { code: 'command-too-large', message: expect.stringMatching(/the store takes 1000 at once.*less/) },
  })
  expect(after).toMatchObject({ status: 'fulfilled', value: { version: 2 } })
  for (const append of appends) expect(bytesOf(append)).toBeLessThanOrEqual(1000)
})

test('a command on more aggregates than the store takes together is refused, and nothing is appended', async () => {
  const { world, runtime, appends } = await libraryWith({ streams: 2 })
  const sort = (a: string, b: string) => world.run(runtime.execute(Shelf.commands.sort('s', { a, b })))
  await expect(sort('1', '2')).rejects.toMatchObject({ code: 'command-too-large' })
  expect(appends).toEqual([])
  expect(await sort('1', '1')).toMatchObject({ outcome: 'accepted' })
})

test('commands that together need more aggregates than the store takes come one after the other', async () => {
  const { world, runtime, appends } = await libraryWith({ streams: 3 })
  const pairs = ['ab', 'bc', 'ad'].map(([a = '', b = '']) => runtime.execute(Shelf.commands.sort('s', { a, b })))
  const outcomes = await world.run(Promise.all(pairs))
  expect(outcomes.every(({ outcome }) => outcome === 'accepted')).toBe(true)
  expect(appends.every(({ streams }) => streams.length <= 3)).toBe(true)
})
