import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Filter, ListQuery } from 'weir/ports'
import { sqliteEngine } from './index.ts'
import { listQueries } from './list.ts'

let directory: string
let database: DatabaseSync

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'weir-'))
  const engine = await sqliteEngine({ directory })('box-office')
  const generation = {
    ...(await engine.readModels.create({ name: 'concerts', fingerprint: 'v1', indexes: ['a', 'b'], partitions: 1 }, 0)),
    partition: 0,
  }
  const { lease } = await engine.readModels.open(generation)
  const documents = Array.from({ length: 500 }, (_, id) => ({
    id: `${id}`,
    body: JSON.stringify({ a: id % 50, b: id }),
    stream: 's',
    version: 1,
  }))
  await engine.readModels.save(generation, lease, { cursor: '1', documents, waiting: [], settled: [] })
  await engine.close()
  database = new DatabaseSync(join(directory, 'box-office.db'), { readOnly: true })
})

afterAll(() => {
  database.close()
  rmSync(directory, { recursive: true })
})

/** How SQLite goes about each query of a list. */
function plans(query: Partial<ListQuery>): string[] {
  const whole: ListQuery = { filters: [], sort: undefined, limit: 10, after: undefined, ...query }
  const queries = listQueries('"doc_concerts_1"', whole, (field) => (field === 'a' ? 'k0' : 'k1'))
  return queries.map(({ sql, parameters }) => {
    const steps = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters, 10)
    return steps.map((step) => step.detail).join('; ')
  })
}

const by = (descending: boolean) => ({ field: 'a', descending })
const filter = (operator: Filter['operator'], value: Filter['value']): Filter => ({ field: 'a', operator, value })
const scan = 'SCAN doc_concerts_1 USING INDEX doc_concerts_1_k0'
const search = (terms: string) => `SEARCH doc_concerts_1 USING INDEX doc_concerts_1_k0 (${terms})`

it.each<[string, Partial<ListQuery>, string[]]>([
  ['the first page reads the index from its start', { sort: by(false) }, [scan]],
  ['or from its end', { sort: by(true) }, [scan]],
  [
    'the next page goes on inside the index',
    { sort: by(false), after: { value: 7, id: '9' } },
    [search('(k0,id)>(?,?)')],
  ],
  [
    'downwards it goes on to the nulls',
    { sort: by(true), after: { value: 7, id: '9' } },
    [search('(k0,id)<(?,?)'), search('k0=?')],
  ],
  [
    'upwards it comes from the nulls',
    { sort: by(false), after: { value: null, id: '9' } },
    [search('k0=? AND id>?'), search('k0>?')],
  ],
  ['downwards it ends in the nulls', { sort: by(true), after: { value: null, id: '9' } }, [search('k0=? AND id<?')]],
  ['an equal value is looked up, in order of id', { filters: [filter('eq', 3)] }, [search('k0=?')]],
  ['so is null', { filters: [filter('eq', null)] }, [search('k0=?')]],
  [
    'the next page of equals, too',
    { filters: [filter('eq', 3)], after: { value: null, id: '9' } },
    [search('k0=? AND id>?')],
  ],
  [
    'a range is read in order',
    { filters: [filter('gte', 3), filter('lt', 5)], sort: by(false) },
    [search('k0>? AND k0<?')],
  ],
  [
    'without filter and sort, ids are read in order',
    {},
    ['SCAN doc_concerts_1 USING INDEX sqlite_autoindex_doc_concerts_1_1'],
  ],
])('%s', (_, query, expected) => {
  expect(plans(query)).toEqual(expected)
})

it('a filter on one field with the order of another uses an index for one of them', () => {
  const [plan] = plans({ filters: [{ field: 'b', operator: 'eq', value: 3 }], sort: by(false) })
  expect(plan).toContain('USING INDEX doc_concerts_1_k1 (k1=?)')
})
