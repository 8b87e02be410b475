import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { type AnyProjection, aggregate, app, projection } from '../definitions/index.ts'
import type { Scalar } from '../ports/index.ts'
import type { ListOptions } from './types.ts'
import { broken, World } from './world.fixture.ts'

const Item = aggregate('item', {
  events: { Put: z.object({ kind: z.string().nullable(), rank: z.int() }) },
  initialState: 0,
})
  .evolve({ Put: (count) => count + 1 })
  .commands({
    put: {
      input: z.object({ kind: z.string().nullable(), rank: z.int() }),
      decide: (_, data) => ({ type: 'Put', data }),
    },
  })

const Items: AnyProjection = projection('items', {
  schema: z.object({ id: z.string(), kind: z.string().nullable(), rank: z.int() }),
  indexes: ['kind', 'rank'],
}).upsert(Item, { Put: (_, { aggregateId, data }) => ({ id: aggregateId, ...data }) })

const shelf = app('shelf', { routes: {}, projections: [Items] })

async function filled() {
  const world = await World.make()
  const runtime = await world.start(shelf)
  const kinds = ['a', 'b', null]
  for (let index = 0; index < 25; index += 1) {
    await world.run(runtime.execute(Item.commands.put(`${index}`, { kind: kinds[index % 3] ?? null, rank: index % 4 })))
  }
  await world.run(runtime.settled())
  const pages = async (options: ListOptions) => {
    const all: { readonly id: string; readonly kind: Scalar; readonly rank: number }[] = []
    for (let cursor: string | undefined, turn = 0; turn === 0 || cursor; turn += 1) {
      const page = await runtime.list(Items, { ...options, ...(cursor ? { cursor } : {}) })
      all.push(...(page.documents as typeof all))
      cursor = page.next
    }
    return all
  }
  return { runtime, pages }
}

describe('lists', () => {
  test.each([1, 2, 7, 24, 25, 26])('in pages of %i hold every document once, in order', async (limit) => {
    const { pages } = await filled()
    for (const field of ['kind', 'rank'] as const) {
      for (const descending of [false, true]) {
        const found = await pages({ sort: { field, descending }, limit })
        expect(new Set(found.map(({ id }) => id)).size).toBe(25)
        const values = found.map((each) => each[field])
        const order = (value: Scalar) => (value === null ? '' : String(value))
        const sorted = values.toSorted((a, b) => (order(a) < order(b) ? -1 : order(a) > order(b) ? 1 : 0))
        expect(values).toEqual(descending ? sorted.reverse() : sorted)
      }
    }
    expect((await pages({ limit })).map(({ id }) => id)).toHaveLength(25)
  })

  test('a last page that is full has no next one', async () => {
    const { runtime } = await filled()
    expect((await runtime.list(Items, { limit: 25 })).next).toBeUndefined()
    expect((await runtime.list(Items, { limit: 24 })).next).toBeDefined()
  })

  test('of large documents come in pages that are shorter than asked for, and leave none out', async () => {
    const world = await World.make()
    const runtime = await world.start(shelf)
    const kind = 'x'.repeat(1_500_000)
    for (const id of ['a', 'b', 'c', 'd']) await world.run(runtime.execute(Item.commands.put(id, { kind, rank: 1 })))
    await world.run(runtime.settled())
    const first = await runtime.list(Items, { limit: 100 })
    const second = await runtime.list(Items, { limit: 100, cursor: first.next as string })
    expect(first.documents).toMatchObject([{ id: 'a' }, { id: 'b' }, { id: 'c' }])
    expect(second).toMatchObject({ documents: [{ id: 'd' }], next: undefined })
  })

  test.each<[string, ListOptions, string]>([
    ['a field without index', { filters: [{ field: 'id', operator: 'eq', value: '1' }] }, 'unknown-index'],
    ['a sort without index', { sort: { field: 'other', descending: false } }, 'unknown-index'],
    ['no documents', { limit: 0 }, 'bad-limit'],
    ['too many documents', { limit: 1001 }, 'bad-limit'],
    ['half a document', { limit: 1.5 }, 'bad-limit'],
    ['a cursor that is none', { cursor: 'x' }, 'malformed-cursor'],
    ['a token that is none', { token: 'x' }, 'malformed-consistency-token'],
  ])('that ask for %s are refused', async (_, options, code) => {
    const { runtime } = await filled()
    await expect(runtime.list(Items, options)).rejects.toMatchObject({ name: 'BadRequestError', code })
  })
})

describe('when the store fails', () => {
  test('a reader is told that it cannot be known now', async () => {
    const world = await World.make()
    const runtime = await world.start(shelf, { readModels: () => ({ get: broken, list: broken }) })
    for (const read of [runtime.get(Items, '1'), runtime.list(Items)]) {
      await expect(read).rejects.toMatchObject({ name: 'UnavailableError', cause: { message: 'disk full' } })
    }
  })
})

describe('a document', () => {
  test('is answered with its version, and one that is not there with version 0', async () => {
    const { runtime } = await filled()
    const there = { document: { id: '7', kind: 'b', rank: 3 }, version: 1, consistency: undefined }
    expect(await runtime.get(Items, '7')).toEqual(there)
    expect(await runtime.get(Items, 'x')).toEqual({ document: undefined, version: 0, consistency: undefined })
  })

  test('of a projection that the application does not have is a defect of its caller', async () => {
    const { runtime } = await filled()
    const Others = projection('others', { schema: z.object({ id: z.string() }) })
    await expect(runtime.get(Others, '1')).rejects.toThrow(/not part of/)
  })
})
