import { expect, it } from 'vitest'
import type { Subject } from '../subject.ts'
import { changes, concerts, discarded, made, openModel, parked } from './models.ts'

export function discardedLaws(subject: Subject): void {
  it('G10 nothing was discarded of a model that is new', async () => {
    expect(await subject.readModels.loadDiscarded('concerts')).toEqual([])
  })

  it('G10 what is discarded is kept in the order in which it was, with who gave it up and why', async () => {
    const { readModels } = subject
    const { generation, lease } = await openModel(readModels)
    const first = [discarded('b', 2), discarded('a', 9)]
    const then = [discarded('a', 1, 'x'), discarded('a', 1, '')]
    await readModels.save(generation, lease, changes({ discarded: first }))
    await readModels.save(generation, lease, changes({ discarded: then }))
    expect(await readModels.loadDiscarded('concerts')).toEqual([...first, ...then])
  })

  it('G10 it waits no more in the same step', async () => {
    const { readModels } = subject
    const { generation, lease } = await openModel(readModels)
    await readModels.save(generation, lease, changes({ waiting: [parked('a', 1, 'why'), parked('a', 2)] }))
    const given = changes({ settled: [parked('a', 1)], discarded: [discarded('a', 1)] })
    expect(await readModels.save(generation, lease, given)).toBe('saved')
    expect(await readModels.loadWaiting(generation)).toEqual([parked('a', 2)])
    expect(await readModels.loadDiscarded('concerts')).toEqual([discarded('a', 1)])
  })

  it('G10 what is discarded again is told once, as it was first', async () => {
    const { readModels } = subject
    const { generation, lease } = await openModel(readModels)
    await readModels.save(generation, lease, changes({ discarded: [discarded('a', 1), discarded('b', 1)] }))
    const again = { ...discarded('a', 1), reason: 'once more', at: made + 99 }
    await readModels.save(generation, lease, changes({ discarded: [again] }))
    expect(await readModels.loadDiscarded('concerts')).toEqual([discarded('a', 1), discarded('b', 1)])
  })

  it('G10 it belongs to the model: it outlives its generation and a restart, and is not of other models', async () => {
    const { readModels } = subject
    const old = await openModel(readModels)
    await readModels.save(old.generation, old.lease, changes({ discarded: [discarded('a', 1)] }))
    const young = await openModel(readModels, { ...concerts, fingerprint: 'v2' })
    await readModels.save(young.generation, young.lease, changes({ discarded: [discarded('a', 2)] }))
    await readModels.serve(young.generation, young.lease, made + 1)
    await readModels.drop(old.generation)
    await openModel(readModels, { ...concerts, name: 'tickets' })
    await subject.reopen()
    expect(await subject.readModels.loadDiscarded('concerts')).toEqual([discarded('a', 1), discarded('a', 2)])
    expect(await subject.readModels.loadDiscarded('tickets')).toEqual([])
  })
}
