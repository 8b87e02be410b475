import { expect, test, vi } from 'vitest'
import * as z from 'zod'
import { aggregate, app, projection } from '../definitions/index.ts'
import { World } from './world.fixture.ts'

const Note = aggregate('note', {
  events: { Added: z.object({ on: z.string(), what: z.string() }) },
  initialState: 0,
})
  .evolve({ Added: (count) => count + 1 })
  .commands({
    add: {
      input: z.object({ on: z.string(), what: z.string() }),
      decide: (_, data) => ({ type: 'Added', data }),
    },
  })

type Page = { id: string; notes: string[]; x?: unknown }

/** Pages that hold anything, made by a handler that does to a page what is written here. */
async function open(faults: Readonly<Record<string, (page: Page) => unknown>>) {
  const Pages = projection('pages', {
    schema: z.object({ id: z.string(), notes: z.array(z.string()), x: z.any().optional() }),
  }).upsert(
    Note,
    {
      Added: (before, { data: { on, what } }) => {
        const page = before ?? { id: on, notes: [] }
        const fault = faults[what]
        return (fault ? fault(page) : { ...page, notes: [...page.notes, what] }) as typeof page
      },
    },
    { id: ({ data }) => data.on },
  )
  const world = await World.make()
  const definition = app('wiki', { routes: {}, projections: [Pages], aggregates: [Note] })
  const runtime = await world.start(definition)
  const error = async () => {
    const waiting = await world.engine.readModels.loadWaiting({ model: 'pages', number: 1 })
    return waiting.map((each) => `${each.stream}: ${each.error}`)
  }
  return {
    error,
    projections: () => runtime.operations.projections(),
    add: async (note: string, what: string) => {
      await world.run(runtime.execute(Note.commands.add(note, { on: 'p', what })))
      await world.run(runtime.settled())
    },
    page: async () => (await runtime.get(Pages, 'p')).document,
  }
}

const cycle: { self?: unknown } = {}
cycle.self = cycle

test.each([
  ['a bigint', 1n, 'BigInt'],
  ['a cycle', cycle, 'circular'],
])('G10 a document with %s parks the stream of its event; others go on', async (_, x, why) => {
  const wiki = await open({ odd: (page) => ({ ...page, x }) })
  await wiki.add('a', 'hello')
  await wiki.add('b', 'odd')
  await wiki.add('c', 'bye')
  expect(await wiki.page()).toEqual({ id: 'p', notes: ['hello', 'bye'] })
  expect(await wiki.projections()).toMatchObject([{ parked: 1, error: undefined }])
  expect(await wiki.error()).toEqual([expect.stringContaining('note-b: ')])
  expect(await wiki.error()).toEqual([expect.stringContaining(why)])
})

const odd = { code: 7 }

test.each([
  ['an error without words', Object.assign(new Error('x'), { message: undefined }), 'Error'],
  ['an error whose message is an object', Object.assign(new Error('x'), { message: odd }), '{"code":7}'],
  ['an object that is nothing', Object.create(null), '{}'],
  ['undefined', undefined, 'undefined'],
])('G10 a handler that throws %s parks the stream of its event, in words; others go on', async (_, thrown, words) => {
  const wiki = await open({
    odd: () => {
      throw thrown
    },
  })
  await wiki.add('a', 'odd')
  await wiki.add('b', 'bye')
  expect(await wiki.error()).toEqual([`note-a: ${words}`])
  expect(await wiki.page()).toEqual({ id: 'p', notes: ['bye'] })
})

test('G10 where the document cannot be told, since nothing at all is thrown, the stream is parked as well', async () => {
  const Lost = projection('lost', { schema: z.object({ id: z.string() }) }).upsert(
    Note,
    { Added: (_, { data }) => ({ id: data.on }) },
    {
      id: () => {
        throw undefined
      },
    },
  )
  const world = await World.make()
  const runtime = await world.start(app('wiki', { routes: {}, projections: [Lost], aggregates: [Note] }))
  await world.run(runtime.execute(Note.commands.add('a', { on: 'p', what: 'hello' })))
  await world.run(runtime.settled())
  expect(await world.run(runtime.operations.deadLetters())).toMatchObject([{ stream: 'note-a', error: 'undefined' }])
})

test('later handlers are given what is stored, whether it was read from the store or not', async () => {
  const seen: unknown[] = []
  const wiki = await open({
    odd: (page) => ({ ...page, x: { at: new Date(0), no: Number.NaN, none: undefined, call: () => 1 } }),
    look: (page) => {
      seen.push(page.x)
      return page
    },
  })
  await wiki.add('a', 'odd')
  await wiki.add('a', 'look')
  expect(seen).toStrictEqual([{ at: '1970-01-01T00:00:00.000Z', no: null }])
})

test('a handler that changes its document in place is parked, and nothing of the change stays', async () => {
  const wiki = await open({
    changed: (page) => {
      page.notes.push('half')
      throw new Error('and failed')
    },
  })
  await wiki.add('a', 'hello')
  await wiki.add('b', 'changed')
  await wiki.add('c', 'bye')
  expect(await wiki.page()).toEqual({ id: 'p', notes: ['hello', 'bye'] })
  expect(await wiki.error()).toEqual([expect.stringMatching(/^note-b: .*not extensible/)])
})

test('a handler has to be synchronous: one that gives a promise is parked, and its rejection is nobody’s', async () => {
  const unhandled = vi.fn()
  process.once('unhandledRejection', unhandled)
  const wiki = await open({ slow: async () => Promise.reject(new Error('late')) })
  await wiki.add('a', 'slow')
  await wiki.add('b', 'bye')
  await new Promise((resolve) => setImmediate(resolve))
  process.off('unhandledRejection', unhandled)
  expect(await wiki.error()).toEqual([expect.stringMatching(/^note-a: .*has to be synchronous/)])
  expect(await wiki.page()).toEqual({ id: 'p', notes: ['bye'] })
  expect(unhandled).not.toHaveBeenCalled()
})
