import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { json, name } from '../arbitraries.ts'
import type { Subject } from '../subject.ts'
import {
  changes,
  concerts,
  deferred,
  discarded,
  document,
  fill,
  ids,
  list,
  openModel,
  query,
  tombstone,
} from './models.ts'

export function saveLaws(subject: Subject): void {
  it('G4 documents, waiting events and cursor are saved together', async () => {
    const { readModels } = subject
    const { generation, lease } = await openModel(readModels)
    const event = deferred('payment-1', 3, '9')
    const saved = changes({ cursor: '7', documents: [document('1'), document('2')], waiting: [event] })
    expect(await readModels.save(generation, lease, saved)).toBe('saved')
    expect(await ids(readModels, generation)).toEqual(['1', '2'])
    expect(await readModels.loadWaiting(generation)).toEqual([event])
    expect((await openModel(readModels)).cursor).toBe('7')
  })

  it('G4 a consumer that was replaced is fenced: nothing of what it saves is kept', async () => {
    const { readModels } = subject
    const old = await fill(readModels, [document('1', { seats: 1 })])
    const event = deferred('payment-1', 3, '9')
    await readModels.save(old.generation, old.lease, changes({ cursor: '5', waiting: [event] }))
    const current = await openModel(readModels)
    const late = changes({
      cursor: '6',
      documents: [document('1', { seats: 2 }), document('2')],
      waiting: [{ ...event, version: 4 }],
      settled: [event],
    })
    expect(await readModels.save(old.generation, old.lease, late)).toBe('fenced')
    expect(await readModels.load(old.generation, ['1', '2'])).toEqual([document('1', { seats: 1 })])
    expect(await readModels.loadWaiting(old.generation)).toEqual([event])
    expect(await readModels.save(current.generation, current.lease + 1, late)).toBe('fenced')
    expect(await readModels.save(current.generation, current.lease, changes({ cursor: '6' }))).toBe('saved')
  })

  it('G4 of consumers that race for the lease, one can save', async () => {
    const { readModels } = subject
    const { generation } = await openModel(readModels)
    const opened = await Promise.all(Array.from({ length: 10 }, () => readModels.open(generation)))
    expect(new Set(opened.map((each) => each.lease)).size).toBe(10)
    const saves = opened.map(({ lease }) => readModels.save(generation, lease, changes()))
    expect((await Promise.all(saves)).filter((outcome) => outcome === 'saved')).toHaveLength(1)
  })

  it('a lease on one generation does not fence another', async () => {
    const { readModels } = subject
    const first = await openModel(readModels)
    await openModel(readModels, { ...concerts, fingerprint: 'v2' })
    await openModel(readModels, { ...concerts, name: 'tickets' })
    expect(await readModels.save(first.generation, first.lease, changes())).toBe('saved')
  })

  it('a document that is saved again takes the place of the old one, everywhere', async () => {
    const { readModels } = subject
    const { generation, lease } = await fill(readModels, [document('1', { date: 'old', seats: 1 }, 1)])
    const young = document('1', { date: 'young' }, 2)
    await readModels.save(generation, lease, changes({ documents: [document('1', { date: 'between' }), young] }))
    expect(await readModels.get(generation, '1')).toEqual(young)
    const eq = (value: string) => query({ filters: [{ field: 'date', operator: 'eq', value }] })
    expect(await list(readModels, generation, eq('old'))).toEqual([])
    expect(await list(readModels, generation, eq('between'))).toEqual([])
    expect(await list(readModels, generation, eq('young'))).toEqual([young])
  })

  it('what is not there is left out', async () => {
    const { readModels } = subject
    const { generation } = await fill(readModels, [document('1'), document('3')])
    const loaded = await readModels.load(generation, ['3', '2', '1', '3'])
    expect(loaded.toSorted((a, b) => a.id.localeCompare(b.id))).toEqual([document('1'), document('3')])
    expect(await readModels.load(generation, [])).toEqual([])
    expect(await readModels.get(generation, '2')).toBeUndefined()
  })

  it('a tombstone is loaded, but neither got nor listed, and can be revived', async () => {
    const { readModels } = subject
    const { generation, lease } = await fill(readModels, [document('1', { date: 'a' }), document('2', { date: 'a' })])
    await readModels.save(generation, lease, changes({ documents: [tombstone('1', 5), tombstone('9', 1)] }))
    const loaded = await readModels.load(generation, ['1', '9'])
    expect(loaded.toSorted((a, b) => a.id.localeCompare(b.id))).toEqual([tombstone('1', 5), tombstone('9', 1)])
    expect(await readModels.get(generation, '1')).toBeUndefined()
    const sorts = [undefined, { field: 'date', descending: false }, { field: 'date', descending: true }]
    for (const sort of sorts) {
      expect(await list(readModels, generation, query({ sort }))).toEqual([document('2', { date: 'a' })])
    }
    const nulls = query({ filters: [{ field: 'seats', operator: 'eq', value: null }] })
    expect(await list(readModels, generation, nulls)).toHaveLength(1)
    await readModels.save(generation, lease, changes({ documents: [document('1', { date: 'b' }, 6)] }))
    expect(await ids(readModels, generation)).toEqual(['1', '2'])
  })

  it('a document that is purged leaves nothing, live or not', async () => {
    const { readModels } = subject
    const { generation, lease } = await fill(readModels, [document('1', { date: 'a' }), tombstone('2'), document('3')])
    expect(await readModels.save(generation, lease, changes({ purged: ['1', '2', '9'] }))).toBe('saved')
    expect(await readModels.load(generation, ['1', '2', '9'])).toEqual([])
    expect(await readModels.get(generation, '1')).toBeUndefined()
    expect(await list(readModels, generation, query({ sort: { field: 'date', descending: false } }))).toEqual([
      document('3'),
    ])
    await readModels.save(generation, lease, changes({ purged: ['3'], documents: [document('3', {}, 7)] }))
    expect(await readModels.load(generation, ['3'])).toEqual([document('3', {}, 7)])
  })

  it('what was seen may be purged, a document or a tombstone, while others are made and revived', async () => {
    const { readModels } = subject
    const { generation, lease } = await fill(readModels, [document('1'), tombstone('2'), tombstone('3')])
    const seen = (await readModels.load(generation, ['1', '2', '3'])).map((stored) => ({ id: stored.id, stored }))
    const made = changes({
      seen: [...seen, { id: '4', stored: undefined }],
      documents: [document('3', {}, 7), document('4', {}, 8)],
      purged: ['1', '2', '3', '4'],
    })
    expect(await readModels.save(generation, lease, made)).toBe('saved')
    const found = await readModels.load(generation, ['1', '2', '3', '4'])
    expect(found.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual([document('3', {}, 7), document('4', {}, 8)])
  })

  it('a document that was removed and came back is purged with its tombstone', async () => {
    const { readModels } = subject
    const { generation, lease } = await fill(readModels, [document('1')])
    await readModels.save(generation, lease, changes({ documents: [tombstone('1')] }))
    await readModels.save(generation, lease, changes({ documents: [document('1')] }))
    await readModels.save(generation, lease, changes({ purged: ['1'] }))
    expect(await readModels.load(generation, ['1'])).toEqual([])
  })

  it('G4 a consumer that was replaced purges and discards nothing', async () => {
    const { readModels } = subject
    const old = await fill(readModels, [document('1')])
    await openModel(readModels)
    const late = changes({ purged: ['1'], discarded: [discarded('a', 1)] })
    expect(await readModels.save(old.generation, old.lease, late)).toBe('fenced')
    expect(await ids(readModels, old.generation)).toEqual(['1'])
    expect(await readModels.loadDiscarded('concerts')).toEqual([])
  })

  it('a document comes back as it was saved, by its exact id', async () => {
    const { readModels } = subject
    const { generation, lease } = await openModel(readModels, { ...concerts, indexes: [] })
    const documents = fc.uniqueArray(fc.tuple(name, json, name), { selector: ([id]) => id, minLength: 1, maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(documents, fc.nat(2 ** 40), async (given, version) => {
        const stored = given.map(([id, data, stream]) => ({ id, body: `{"data":${data}}`, stream, version }))
        await readModels.save(generation, lease, changes({ documents: stored }))
        for (const { body, ...rest } of stored) {
          const got = await readModels.get(generation, rest.id)
          expect(got).toMatchObject(rest)
          expect(JSON.parse(got?.body ?? '')).toEqual(JSON.parse(body))
        }
        expect(
          await readModels.load(
            generation,
            stored.map(({ id }) => id),
          ),
        ).toHaveLength(stored.length)
      }),
      { numRuns: 40 },
    )
  })

  it('a batch of thousands is saved like any other', async () => {
    const { readModels } = subject
    const documents = Array.from({ length: 5_000 }, (_, index) => document(`${index}`, { seats: index }))
    const { generation } = await fill(readModels, documents)
    const filters = [{ field: 'seats', operator: 'gte', value: 4_990 } as const]
    expect(await list(readModels, generation, query({ filters }))).toHaveLength(10)
    expect(
      await readModels.load(
        generation,
        documents.map(({ id }) => id),
      ),
    ).toHaveLength(5_000)
  })
}
