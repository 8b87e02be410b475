import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Filter, Generation, ListQuery, ReadModelStore, Scalar, StoredDocument } from 'weir/ports'
import { name } from '../arbitraries.ts'
import type { Subject } from '../subject.ts'
import { changes, document, fill, list, openModel, query, tombstone } from './models.ts'
import { expectedList, type Fields, fields } from './naive-list.ts'

export function listLaws(subject: Subject): void {
  it('lists by id when no order is asked for', async () => {
    const { readModels } = subject
    const { generation } = await fill(
      readModels,
      ['b', 'a', 'B', 'é', 'aa', 'z'].map((id) => document(id)),
    )
    const listed = await list(readModels, generation, query())
    expect(listed.map((each) => each.id)).toEqual(['B', 'a', 'aa', 'b', 'z', 'é'])
  })

  it('compares text by its UTF-8 bytes, in ids and in fields', async () => {
    const { readModels } = subject
    const texts = ['', 'A', 'Z', 'a', 'z', '~', 'ß', 'é', '中', '\uffff', '\u{10000}', '\u{1f600}']
    const { generation } = await fill(
      readModels,
      texts.toReversed().map((text) => document(text, { date: text })),
    )
    const sorted = await list(readModels, generation, query({ sort: { field: 'date', descending: false } }))
    expect(sorted.map((each) => each.id)).toEqual(texts)
    const filters: Filter[] = [{ field: 'date', operator: 'gt', value: '\uffff' }]
    expect(await list(readModels, generation, query({ filters }))).toHaveLength(2)
  })

  it('compares numbers by value, as exactly as JavaScript does', async () => {
    const { readModels } = subject
    const numbers = [
      -Number.MAX_VALUE,
      -(2 ** 62),
      -10,
      -9,
      -0.1,
      -Number.MIN_VALUE,
      0,
      Number.MIN_VALUE,
      0.1,
      0.1 + 0.2,
      9,
      10,
      1e3,
      2 ** 53 - 1,
      2 ** 53,
      2 ** 53 + 2,
      2 ** 62,
      2 ** 63,
      1e21,
      Number.MAX_VALUE,
    ]
    const { generation } = await fill(
      readModels,
      numbers.toReversed().map((seats) => document(`${seats}`, { seats })),
    )
    const sorted = await list(readModels, generation, query({ sort: { field: 'seats', descending: false } }))
    expect(sorted.map((each) => each.id)).toEqual(numbers.map(String))
    for (const value of numbers) {
      const found = await list(readModels, generation, query({ filters: [{ field: 'seats', operator: 'eq', value }] }))
      expect(found.map((each) => each.id)).toEqual([`${value}`])
    }
    const zero = await list(readModels, generation, query({ filters: [{ field: 'seats', operator: 'eq', value: -0 }] }))
    expect(zero).toHaveLength(1)
  })

  it('puts null and absent first, then false, then true; turned round when it descends', async () => {
    const { readModels } = subject
    const given = { a: { open: true }, b: {}, c: { open: false }, d: { open: null }, e: { open: true } }
    const { generation } = await fill(
      readModels,
      Object.entries(given).map(([id, each]) => document(id, each)),
    )
    const order = async (descending: boolean) =>
      (await list(readModels, generation, query({ sort: { field: 'open', descending } })))
        .map((each) => each.id)
        .join('')
    expect(await order(false)).toBe('bdcae')
    expect(await order(true)).toBe('eacdb')
  })

  it('only eq finds null: nothing is less than another value for want of one', async () => {
    const { readModels } = subject
    const { generation } = await fill(readModels, [
      document('1', { seats: null }),
      document('2'),
      document('3', { seats: 0 }),
    ])
    const find = async (operator: Filter['operator'], value: Scalar) =>
      (await list(readModels, generation, query({ filters: [{ field: 'seats', operator, value }] }))).map(
        (each) => each.id,
      )
    expect(await find('eq', null)).toEqual(['1', '2'])
    expect(await find('eq', 0)).toEqual(['3'])
    expect(await find('lt', 1)).toEqual(['3'])
    expect(await find('lte', 0)).toEqual(['3'])
    for (const operator of ['gt', 'gte', 'lt', 'lte'] as const) expect(await find(operator, null)).toEqual([])
  })

  it('refuses a field without an index, and names it', async () => {
    const { readModels } = subject
    const { generation } = await openModel(readModels)
    const filters: Filter[] = [{ field: 'hall"', operator: 'eq', value: 1 }]
    await expect(list(readModels, generation, query({ filters }))).rejects.toThrow('hall"')
    const sort = { field: 'venue', descending: false }
    await expect(list(readModels, generation, query({ sort }))).rejects.toThrow('venue')
  })

  it('filters together: a document must pass all', async () => {
    const { readModels } = subject
    const given = [0, 1, 2, 3, 4, 5].map((seats) => document(`${seats}`, { seats, open: seats % 2 === 0 }))
    const { generation } = await fill(readModels, given)
    const filters: Filter[] = [
      { field: 'seats', operator: 'gt', value: 0 },
      { field: 'seats', operator: 'lte', value: 4 },
      { field: 'open', operator: 'eq', value: true },
    ]
    expect((await list(readModels, generation, query({ filters }))).map((each) => each.id)).toEqual(['2', '4'])
  })

  it('says of each page whether more come behind it', async () => {
    const { readModels } = subject
    const given = [document('a'), document('b', { seats: 1 }), document('c', { seats: 2 })]
    const { generation } = await fill(readModels, given)
    const sort = { field: 'seats', descending: false }
    for (const after of [undefined, { value: null, id: 'A' }]) {
      for (const asked of [query({ after }), query({ sort, after })]) {
        const found = await Promise.all([1, 2, 3, 4].map((limit) => readModels.list(generation, { ...asked, limit })))
        expect(found.map(({ documents }) => documents.length)).toEqual([1, 2, 3, 3])
        expect(found.map(({ more }) => more)).toEqual([true, true, false, false])
      }
    }
  })

  it('large documents come in pages that are shorter than asked for, each at least one, none left out', async () => {
    const { readModels } = subject
    const large = (id: string, size: number) => document(id, { text: 'x'.repeat(size) })
    const sizes = [1, 9, 1, 1, 1, 9, 9, 1, 1, 1, 1, 1, 1, 1]
    const given = sizes.map((size, index) => large(String.fromCharCode(97 + index), size * 1_000_000))
    const { generation } = await fill(readModels, given)
    const first = await readModels.list(generation, query())
    expect(first).toMatchObject({ more: true })
    expect(first.documents.length).toBeLessThan(sizes.length)
    const all = await pages(readModels, generation, query())
    expect(all.map(({ id }) => id).join('')).toBe('abcdefghijklmn')
  })

  it('any list, read page by page, is what a plain filter and sort give, each document once', async () => {
    const { readModels } = subject
    let run = 0
    await fc.assert(
      fc.asyncProperty(documents(), fc.array(listQuery(), { minLength: 4, maxLength: 4 }), async (given, queries) => {
        run += 1
        const model = { name: `model ${run}`, fingerprint: 'v1', indexes: Object.keys(fields), partitions: 1 }
        const { generation, lease } = await fill(readModels, given, model)
        const removed = given.filter((_, index) => index % 7 === 3).map(({ id }) => tombstone(id))
        await readModels.save(generation, lease, changes({ documents: removed }))
        const live = given.filter((_, index) => index % 7 !== 3)
        for (const each of queries) expect(await pages(readModels, generation, each)).toEqual(expectedList(live, each))
      }),
      { numRuns: 60 },
    )
  })
}

/** All pages of a list, read as long as there are more. */
async function pages(store: ReadModelStore, generation: Generation, asked: ListQuery): Promise<StoredDocument[]> {
  const all: StoredDocument[] = []
  let after = asked.after
  for (;;) {
    const { documents: page, more } = await store.list(generation, { ...asked, after })
    expect(page.length).toBeLessThanOrEqual(asked.limit)
    if (page.some(({ id }) => id === all.at(-1)?.id)) throw new Error('a page repeats the one before')
    all.push(...page)
    const last = page.at(-1)
    if (!last || !more) return all
    const body: Record<string, Scalar> = JSON.parse(last.body ?? '')
    after = { value: (asked.sort && body[asked.sort.field]) ?? null, id: last.id }
  }
}

function documents(): fc.Arbitrary<StoredDocument[]> {
  const values = fc.record({ ...fields }, { requiredKeys: [] })
  const one = fc.tuple(name, values).map(([id, given]) => ({ ...document(id), body: JSON.stringify(given) }))
  return fc.uniqueArray(one, { selector: ({ id }) => id, maxLength: 25 })
}

function listQuery(): fc.Arbitrary<ListQuery> {
  const field = fc.constantFrom(...(Object.keys(fields) as (keyof Fields)[]))
  const operator = fc.constantFrom<Filter['operator']>('eq', 'gt', 'gte', 'lt', 'lte')
  const filter = field.chain((own) => fc.record({ field: fc.constant(own), operator, value: fields[own] }))
  return fc.record({
    filters: fc.array(filter, { maxLength: 2 }),
    sort: fc.option(fc.record({ field, descending: fc.boolean() }), { nil: undefined, freq: 4 }),
    limit: fc.integer({ min: 1, max: 8 }),
    after: fc.constant(undefined),
  })
}
