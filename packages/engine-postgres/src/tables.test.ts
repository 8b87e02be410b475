import { afterAll, beforeAll, expect, it } from 'vitest'
import { document, makeReadModels, openModel, query, type ReadModels, save } from './read-models.fixture.ts'
import { tableName } from './tables.ts'

let models: ReadModels

beforeAll(async () => {
  models = await makeReadModels()
})

afterAll(() => models.dispose())

const names = [
  '',
  ' ',
  'concerts',
  'Concerts',
  'policy:charge-card',
  '"; DROP TABLE commits; --',
  'a.b',
  '%s %1$s',
  '$$',
  'a_1',
  'a_1_gone',
  'a_1_k0',
  'a',
  'ördérs',
  'ördérs'.normalize('NFD'),
  '中'.repeat(13),
  '中'.repeat(14),
  'x'.repeat(40),
  'x'.repeat(41),
  'x'.repeat(200),
  `${'x'.repeat(199)}y`,
  '~',
  tableName({ model: 'x'.repeat(41), number: 1 }).slice(4, -2),
]

it('a model may have any name, also one of 200 characters, and its tables are its own', async () => {
  const { store } = models.process()
  const opened = await Promise.all(names.map((name) => openModel(store, name, ['of'])))
  for (const [index, each] of opened.entries()) {
    expect(await save(store, each, { documents: [document('1', { of: names[index] })] })).toBe('saved')
  }
  for (const [index, { lease: _, ...each }] of opened.entries()) {
    const filters = [{ field: 'of', operator: 'eq', value: names[index] ?? '' } as const]
    expect((await store.list(each, query({ filters }))).documents).toHaveLength(1)
  }
  expect(new Set(await store.models())).toEqual(new Set(names))
})

it('no name is cut by PostgreSQL', () => {
  for (const model of names) {
    expect(Buffer.byteLength(`${tableName({ model, number: 123_456_789 })}_k99`)).toBeLessThan(64)
  }
})
