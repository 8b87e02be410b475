import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Filter, ListQuery, Scalar, StoredDocument } from 'weir/ports'
import type { Database } from './database.ts'
import { listQuery } from './list.ts'
import type { PostgresReadModelStore } from './read-model-store.ts'
import {
  document,
  makeReadModels,
  type Opened,
  openModel,
  query,
  type ReadModels,
  save,
} from './read-models.fixture.ts'
import { tablesOf } from './tables.ts'

let models: ReadModels
let database: Database
let store: PostgresReadModelStore
let concerts: Opened

beforeAll(async () => {
  models = await makeReadModels()
  ;({ database, store } = models.process())
  concerts = await openModel(store, 'concerts', ['a', 'b'])
  const documents = Array.from({ length: 20_000 }, (_, index) =>
    document(`${index}`, { a: index % 10 || null, b: `${index}` }),
  )
  for (let start = 0; start < documents.length; start += 2_000) {
    await save(store, concerts, { documents: documents.slice(start, start + 2_000) })
  }
})

afterAll(() => models.dispose())

/** How PostgreSQL goes about a list: what it does with the table, from top to bottom. */
async function plan(given: Partial<ListQuery>, exact = false): Promise<string> {
  const { live } = tablesOf(database, concerts)
  const find = (field: string) => (field === 'a' ? { column: 'k0', place: 1 } : { column: 'k1', place: 2 })
  const { sql, values } = listQuery(live, query({ limit: 10, ...given }), ['concerts', 1], find, exact)
  const asked = `EXPLAIN (COSTS OFF) SELECT $1::text, $2::int, found.* FROM (${sql}) found`
  const rows = await database.read<{ 'QUERY PLAN': string }>(asked, values)
  const lines = rows.map((row) => row['QUERY PLAN'].trim().replace('->', '').trim())
  return lines.filter((line) => /^(Index|Bitmap|Seq|Sort|Incr|Presorted|Filter)/.test(line)).join('; ')
}

const by = (descending: boolean) => ({ field: 'a', descending })
const filter = (operator: Filter['operator'], value: Filter['value']): Filter => ({ field: 'a', operator, value })
const scan = (condition = '', backward = '') =>
  `Index Scan${backward} using doc_concerts_1_k0 on doc_concerts_1${condition && `; Index Cond: ${condition}`}`

it.each<[string, Partial<ListQuery>, string]>([
  ['the first page reads the index from its start', { sort: by(false) }, scan()],
  ['or from its end', { sort: by(true) }, scan('', ' Backward')],
  [
    'the next page goes on inside the index',
    { sort: by(false), after: { value: 7, id: '9' } },
    scan(`(ROW(k0, id) > ROW('nc01c'::text, '9'::text))`),
  ],
  [
    'downwards, too',
    { sort: by(true), after: { value: 7, id: '9' } },
    scan(`(ROW(k0, id) < ROW('nc01c'::text, '9'::text))`, ' Backward'),
  ],
  [
    'and from nulls to values',
    { sort: by(false), after: { value: null, id: '9' } },
    scan(`(ROW(k0, id) > ROW(''::text, '9'::text))`),
  ],
  ['an equal value is looked up, in order of id', { filters: [filter('eq', 3)] }, scan(`(k0 = 'nc008'::text)`)],
  ['so is null', { filters: [filter('eq', null)] }, scan(`(k0 = ''::text)`)],
  [
    'the next page of equals, too',
    { filters: [filter('eq', 3)], after: { value: null, id: '1' } },
    scan(`((k0 = 'nc008'::text) AND (id > '1'::text))`),
  ],
  [
    'a range is read in order',
    { filters: [filter('gte', 3), filter('lt', 5)], sort: by(false) },
    scan(`((k0 >= 'nc008'::text) AND (k0 < 'nc014'::text) AND (k0 > ''::text))`),
  ],
  ['without filter and sort, ids are read in order', {}, 'Index Scan using doc_concerts_1_pkey on doc_concerts_1'],
])('%s', async (_, given, expected) => {
  // Before PostgreSQL has looked at what is in a table it may read what it finds in an index in another order.
  expect(await plan(given)).toMatch(/ (using|on) doc_concerts_1_(k0|pkey)/)
  await database.query(`ANALYZE ${tablesOf(database, concerts).live}`)
  expect(await plan(given)).toBe(expected)
})

it('where keys were cut the index gives the order as far as it goes', async () => {
  const presorted = 'Presorted Key: doc_concerts_1.k0'
  expect(await plan({ sort: by(false) }, true)).toContain(`${presorted}; ${scan()}`)
  expect(await plan({ sort: by(true), after: { value: 'x'.repeat(1_000), id: '1' } }, true)).toContain(presorted)
})

it('only eq finds null, also where PostgreSQL would find it less than everything', async () => {
  for (const operator of ['gt', 'gte', 'lt', 'lte'] as const) {
    expect(await store.list(concerts, query({ filters: [filter(operator, null)] }))).toMatchObject({ documents: [] })
  }
  const { documents } = await store.list(concerts, query({ filters: [filter('lt', 1)] }))
  expect(documents).toEqual([])
})

it('long texts that differ at their end only are found and sorted exactly, page by page', async () => {
  const long = await openModel(store, 'long', ['text', 'other'])
  const start = `b${random(10_000)}`
  const ends = ['', 'a', 'b', 'b', 'ba', 'é', '\uffff', '\u{1f600}']
  const texts: Scalar[] = [null, 'a', start.slice(0, 399), start.slice(0, 400), ...ends.map((end) => start + end), 'z']
  const documents = texts.map((text, index) => document(`${index}`.padStart(2, '0'), { text, other: text }))
  await save(store, long, { documents: documents.toReversed() })
  for (const descending of [false, true]) {
    const expected = documents.map(({ id }) => id)
    if (descending) expected.reverse()
    for (const limit of [1, 3, 100]) {
      const found = await pages(long, { sort: { field: 'text', descending }, limit })
      expect(found.map(({ id }) => id)).toEqual(expected)
    }
  }
  const operators = ['eq', 'gt', 'gte', 'lt', 'lte'] as const
  const field = fc.constantFrom('text', 'other')
  const one = fc.record({ field, operator: fc.constantFrom(...operators), value: fc.constantFrom(...texts) })
  const sort = fc.option(fc.record({ field, descending: fc.boolean() }), { nil: undefined })
  await fc.assert(
    fc.asyncProperty(fc.array(one, { maxLength: 2 }), sort, async (filters, order) => {
      const found = await pages(long, { filters, sort: order, limit: 4 })
      const passing = documents.filter((each) => filters.every((filter) => passes(filter, each)))
      expect(found.map(({ id }) => id)).toEqual(
        (order?.descending ? passing.toReversed() : passing).map(({ id }) => id),
      )
    }),
    { numRuns: 100 },
  )
})

it('ids of any length are found, listed and removed', async () => {
  const { lease, ...partition } = await openModel(store, 'ids', [])
  const start = random(10_000)
  const ids = ['a', start.slice(0, 400), `${start}a`, `${start}b`, `${start}b${start}`]
  const documents = ids.map((id) => document(id, { id: id.length }))
  await save(store, { ...partition, lease }, { documents })
  const listed = await pages({ ...partition, lease }, { limit: 2 })
  expect(new Set(listed.map(({ id }) => id))).toEqual(new Set(ids))
  expect(listed).toHaveLength(ids.length)
  for (const each of documents) expect(await store.get(partition, each.id)).toEqual(each)
  const gone = { id: `${start}b`, body: undefined, stream: 's', version: 2 }
  await save(store, { ...partition, lease }, { documents: [gone], purged: [`${start}a`] })
  expect(await store.load(partition, ids.slice(2))).toEqual([documents[4], gone])
})

/** Text that no compression makes shorter. */
function random(length: number): string {
  return fc.sample(fc.string({ unit: 'grapheme-ascii', minLength: length, maxLength: length }), 1)[0] ?? ''
}

/** All pages of a list. */
async function pages({ lease: _, ...generation }: Opened, given: Partial<ListQuery>): Promise<StoredDocument[]> {
  const all: StoredDocument[] = []
  for (let after: ListQuery['after']; ; ) {
    const { documents, more } = await store.list(generation, query({ ...given, after }))
    all.push(...documents)
    const last = documents.at(-1)
    if (!last || !more) return all
    const value = given.sort ? JSON.parse(last.body ?? '')[given.sort.field] : null
    after = { value, id: last.id }
  }
}

function passes({ operator, value, field }: Filter, { body }: StoredDocument): boolean {
  const own: Scalar = JSON.parse(body ?? '')[field]
  if (own === null || value === null) return operator === 'eq' && own === value
  const order = Buffer.compare(Buffer.from(String(own)), Buffer.from(String(value)))
  if (operator === 'eq') return order === 0
  return { gt: order > 0, gte: order >= 0, lt: order < 0, lte: order <= 0 }[operator]
}
