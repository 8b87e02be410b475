import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { name } from '../arbitraries.ts'
import type { Subject } from '../subject.ts'
import { concerts, document, fill, ids, list, query } from './models.ts'

export function nameLaws(subject: Subject): void {
  it('models and fields may have any name', async () => {
    const { readModels } = subject
    const fields = fc.uniqueArray(name, { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(name, fields, name, async (model, indexes, value) => {
        const body = JSON.stringify(Object.fromEntries(indexes.map((field) => [field, value])))
        const definition = { name: model, fingerprint: JSON.stringify(indexes), indexes, partitions: 1 }
        const { generation } = await fill(readModels, [{ ...document('1'), body }, document('2')], definition)
        for (const field of indexes) {
          const filters = [{ field, operator: 'eq', value } as const]
          const found = await list(readModels, generation, query({ filters, sort: { field, descending: true } }))
          expect(found.map((each) => each.id)).toEqual(['1'])
        }
      }),
      { numRuns: 40 },
    )
  })

  it('names that differ in case, accents or punctuation are different models', async () => {
    const { readModels } = subject
    const names = [
      'orders',
      'Orders',
      'ORDERS',
      'ördérs',
      'ördérs'.normalize('NFD'),
      'orders_1',
      'orders-1',
      'orders 1',
      'orders"',
    ]
    const opened = await Promise.all(
      names.map((model) => fill(readModels, [document(model)], { ...concerts, name: model })),
    )
    for (const [index, { generation }] of opened.entries())
      expect(await ids(readModels, generation)).toEqual([names[index]])
  })
}
