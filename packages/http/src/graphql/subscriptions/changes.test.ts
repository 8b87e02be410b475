import { beforeEach, expect, test } from 'vitest'
import type { Filter } from 'weir/ports'
import type { ListOptions, Runtime } from 'weir/runtime'
import { Concerts } from '../../../test/box-office.ts'
import { LiveQueries } from '../../live/live-queries.ts'
import { Changes } from './changes.ts'
import { WatchedDocuments } from './watched-documents.ts'

interface Concert {
  readonly id: string
  readonly venue: string
  readonly left: number
}

/** A read model that tells of changes when it is told to, with or without saying which. */
class ReadModel {
  readonly documents = new Map<string, Concert>()
  readonly observers = new Set<(ids?: ReadonlySet<string>) => void>()
  gets: string[] = []
  lists = 0
  isAway = false

  readonly runtime = {
    get: async (_: unknown, id: string) => {
      if (this.isAway) throw new Error('away')
      this.gets.push(id)
      return { document: this.documents.get(id) }
    },
    list: async (_: unknown, { filters = [], limit = 100 }: ListOptions) => {
      this.lists += 1
      const matches = (document: object) =>
        filters.every(({ field, value }) => (document as Record<string, unknown>)[field] === value)
      return { documents: [...this.documents.values()].filter(matches).slice(0, limit) }
    },
    observe: (_: unknown, onChange: (ids?: ReadonlySet<string>) => void) => {
      this.observers.add(onChange)
      return () => this.observers.delete(onChange)
    },
  } as unknown as Runtime

  put(...concerts: Concert[]): void {
    for (const concert of concerts) this.documents.set(concert.id, concert)
  }

  tell(...ids: string[]): void {
    for (const onChange of this.observers) onChange(ids.length > 0 ? new Set(ids) : undefined)
  }

  change(...concerts: Concert[]): void {
    this.put(...concerts)
    this.tell(...concerts.map(({ id }) => id))
  }
}

const concert = (id: string, left: number, venue = 'Arena'): Concert => ({ id, venue, left })
const atArena: Filter[] = [{ field: 'venue', operator: 'eq', value: 'Arena' }]

let model: ReadModel
let live: LiveQueries
beforeEach(() => {
  model = new ReadModel()
  live = new LiveQueries()
})

async function watch({ id, filters = [] }: { id?: string; filters?: Filter[] } = {}): Promise<Changes> {
  const watched = new WatchedDocuments(model.runtime, { projection: Concerts, id, filters, sort: undefined })
  const changes = await Changes.of(live, watched, id !== undefined)
  // The query is read once more when it is observed: afterwards everything is told.
  await expect.poll(() => model.lists + model.gets.length).toBeGreaterThan(1)
  model.gets = []
  model.lists = 0
  return changes
}

const next = async (changes: Changes) => (await changes.next()).value?.document

test('what there is is no change; what changes then is told, and only that is read', async () => {
  model.put(concert('a', 5), concert('b', 5))
  const changes = await watch()
  model.change(concert('b', 4))
  expect(await next(changes)).toEqual(concert('b', 4))
  model.change(concert('c', 9))
  expect(await next(changes)).toEqual(concert('c', 9))
  expect(model.gets).toEqual(['b', 'c'])
  expect(model.lists).toBe(0)
})

test('where it is not known what has changed, all are compared', async () => {
  model.put(concert('a', 5), concert('b', 5))
  const changes = await watch()
  model.put(concert('b', 4))
  model.tell()
  expect(await next(changes)).toEqual(concert('b', 4))
  expect(model.lists).toBe(1)
  expect(model.gets).toEqual([])
})

test('one who is slow is told each document once, as it is', async () => {
  model.put(concert('a', 5), concert('b', 5))
  const changes = await watch()
  for (const left of [4, 3, 2, 1]) model.change(concert('a', left))
  model.change(concert('b', 1))
  await expect.poll(() => model.gets.includes('b')).toBe(true)
  const told = [await next(changes), await next(changes)]
  expect(told).toEqual([concert('a', 1), concert('b', 1)])
})

test('filters tell what matches after the change, and not what is no longer there', async () => {
  model.put(concert('a', 5), concert('b', 5, 'Club'))
  const changes = await watch({ filters: atArena })
  model.change(concert('b', 4, 'Club'), concert('a', 5, 'Club'))
  await expect.poll(() => model.gets).toEqual(['b', 'a'])
  model.change(concert('b', 4, 'Arena'))
  expect(await next(changes)).toEqual(concert('b', 4, 'Arena'))
})

test('one document is told until it is removed, which is told as well, and when it is there again', async () => {
  model.put(concert('a', 5), concert('b', 5))
  const changes = await watch({ id: 'a' })
  model.change(concert('b', 4))
  model.change(concert('a', 4))
  expect(await next(changes)).toEqual(concert('a', 4))
  expect(model.gets).toEqual(['a'])
  model.documents.delete('a')
  model.tell('a')
  expect(await next(changes)).toBeNull()
  model.change(concert('a', 9))
  expect(await next(changes)).toEqual(concert('a', 9))
})

test('what could not be read is read again', async () => {
  model.put(concert('a', 5))
  const changes = await watch()
  model.isAway = true
  model.change(concert('a', 4))
  const told = next(changes)
  model.change(concert('b', 1))
  model.isAway = false
  expect([await told, await next(changes)]).toEqual(expect.arrayContaining([concert('a', 4), concert('b', 1)]))
})

test('those who watch the same share what is read, and it ends with the last of them', async () => {
  model.put(concert('a', 5))
  const first = await watch()
  const second = await Changes.of(
    live,
    new WatchedDocuments(model.runtime, { projection: Concerts, id: undefined, filters: [], sort: undefined }),
    false,
  )
  model.gets = []
  model.change(concert('a', 4))
  expect([await next(first), await next(second)]).toEqual([concert('a', 4), concert('a', 4)])
  expect(model.gets).toEqual(['a'])
  expect(model.observers.size).toBe(1)
  const waiting = first.next()
  await first.return()
  expect((await waiting).done).toBe(true)
  expect(model.observers.size).toBe(1)
  await second.return()
  expect(model.observers.size).toBe(0)
})

test('all that changes at once is told, and also what changes later of what is not known any more', async () => {
  model.put(...Array.from({ length: 1000 }, (_, n) => concert(`old-${n}`, 1)))
  const changes = await watch()
  const many = Array.from({ length: 1500 }, (_, n) => concert(String(n), 1))
  model.change(...many)
  const told: Concert[] = []
  while (told.length < many.length) told.push(await next(changes))
  expect(told).toEqual(many)
  model.change(concert('old-0', 0))
  expect(await next(changes)).toEqual(concert('old-0', 0))
})

test('one who is much too slow is told so, and has to begin anew', async () => {
  const changes = await watch()
  model.change(...Array.from({ length: 10_001 }, (_, n) => concert(String(n), 1)))
  await expect.poll(() => model.observers.size).toBe(0)
  await expect(changes.next()).rejects.toThrow('Too many changes wait')
})
