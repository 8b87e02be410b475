import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { name } from '../arbitraries.ts'
import type { Subject } from '../subject.ts'
import { changes, concerts, document, fill, ids, list, query } from './models.ts'

export function generationLaws(subject: Subject): void {
  const next = { ...concerts, fingerprint: 'v2' }

  it('G9 a model that was never opened starts empty, at the start of the feed', async () => {
    const { readModels } = subject
    const { generation, cursor } = await readModels.open(concerts)
    expect({ model: generation.model, cursor }).toEqual({ model: 'concerts', cursor: undefined })
    expect(await ids(readModels, generation)).toEqual([])
    expect(await readModels.loadWaiting(generation)).toEqual([])
  })

  it('G9 the same fingerprint opens the same generation, where it stopped, with a newer lease', async () => {
    const { readModels } = subject
    const first = await fill(readModels, [document('1')])
    await readModels.save(first.generation, first.lease, changes({ cursor: '“42”' }))
    const second = await readModels.open(concerts)
    expect(second).toMatchObject({ generation: first.generation, cursor: '“42”' })
    expect(second.lease).toBeGreaterThan(first.lease)
    expect(await ids(readModels, second.generation)).toEqual(['1'])
  })

  it('G9 another fingerprint opens a new generation with a greater number, while the old one serves on', async () => {
    const { readModels } = subject
    const old = await fill(readModels, [document('1')])
    const young = await fill(readModels, [document('2')], next)
    expect(young.generation.number).toBeGreaterThan(old.generation.number)
    expect(await ids(readModels, old.generation)).toEqual(['1'])
    expect(await ids(readModels, young.generation)).toEqual(['2'])
    expect(await readModels.save(old.generation, old.lease, changes({ documents: [document('3')] }))).toBe('saved')
    expect(await ids(readModels, old.generation)).toEqual(['1', '3'])
  })

  it('G9 generations may have different indexes', async () => {
    const { readModels } = subject
    const old = await fill(readModels, [document('1', { date: 'a', hall: 'b' })])
    const young = await fill(readModels, [document('1', { date: 'a', hall: 'b' })], { ...next, indexes: ['hall'] })
    const eq = (field: string, value: string) => query({ filters: [{ field, operator: 'eq', value }] })
    expect(await list(readModels, old.generation, eq('date', 'a'))).toHaveLength(1)
    expect(await list(readModels, young.generation, eq('hall', 'b'))).toHaveLength(1)
    await expect(list(readModels, old.generation, eq('hall', 'b'))).rejects.toThrow('hall')
  })

  it('G9 dropOthers leaves one generation, and other models as they are', async () => {
    const { readModels } = subject
    const old = await fill(readModels, [document('1')])
    const young = await fill(readModels, [document('2')], next)
    const other = await fill(readModels, [document('3')], { ...concerts, name: 'tickets' })
    await readModels.dropOthers(young.generation)
    expect(await ids(readModels, young.generation)).toEqual(['2'])
    expect(await ids(readModels, other.generation)).toEqual(['3'])
    await expect(readModels.get(old.generation, '1')).rejects.toThrow('concerts')
    expect(await readModels.save(old.generation, old.lease, changes({ documents: [document('4')] }))).toBe('fenced')
    await readModels.dropOthers(young.generation)
    expect(await readModels.save(young.generation, young.lease, changes())).toBe('saved')
  })

  it('G9 a generation that was dropped starts anew, under a number that was never given before', async () => {
    const { readModels } = subject
    const old = await fill(readModels, [document('1')])
    const young = await fill(readModels, [document('2')], next)
    await readModels.dropOthers(old.generation)
    const again = await readModels.open(next)
    expect(again.generation.number).toBeGreaterThan(young.generation.number)
    expect(again.cursor).toBeUndefined()
    expect(await ids(readModels, again.generation)).toEqual([])
    expect(await readModels.save(young.generation, young.lease, changes({ documents: [document('3')] }))).toBe('fenced')
    expect(await ids(readModels, again.generation)).toEqual([])
  })

  it('models and fields may have any name', async () => {
    const { readModels } = subject
    const fields = fc.uniqueArray(name, { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(name, fields, name, async (model, indexes, value) => {
        const body = JSON.stringify(Object.fromEntries(indexes.map((field) => [field, value])))
        const definition = { name: model, fingerprint: JSON.stringify(indexes), indexes }
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
