import { expect, it } from 'vitest'
import type { Subject } from '../subject.ts'
import { changes, concerts, deferred, openModel, parked } from './models.ts'

export function waitingLaws(subject: Subject): void {
  it('G2 events wait in the order of stream and version', async () => {
    const { readModels } = subject
    const { generation, lease } = await openModel(readModels)
    const ordered = [
      deferred('a', 2, 'x'),
      deferred('a', 10, 'x'),
      deferred('a', 10, 'y'),
      deferred('b', 1, ''),
      deferred('\uffff', 1, 'x'),
      deferred('\u{10000}', 1, 'x'),
    ]
    await readModels.save(generation, lease, changes({ waiting: ordered.toReversed() }))
    expect(await readModels.loadWaiting(generation)).toEqual(ordered)
  })

  it('G10 a parked stream keeps why, since when, and how often it was tried', async () => {
    const { readModels } = subject
    const { generation, lease } = await openModel(readModels)
    const waiting = [parked('a', 3, 'TypeError: it’s undefined', 7), parked('a', 4), parked('a', 5)]
    await readModels.save(generation, lease, changes({ waiting }))
    expect(await readModels.loadWaiting(generation)).toEqual(waiting)
  })

  it('G10 an event may wait for a document without a name, and be parked, at the same time', async () => {
    const { readModels } = subject
    const { generation, lease } = await openModel(readModels)
    await readModels.save(generation, lease, changes({ waiting: [deferred('a', 1, ''), parked('a', 1, 'why')] }))
    expect(await readModels.loadWaiting(generation)).toHaveLength(2)
    await readModels.save(generation, lease, changes({ settled: [deferred('a', 1, '')] }))
    expect(await readModels.loadWaiting(generation)).toEqual([parked('a', 1, 'why')])
  })

  it('what is settled waits no more, and only that', async () => {
    const { readModels } = subject
    const { generation, lease } = await openModel(readModels)
    const waiting = [deferred('a', 1, 'x'), deferred('a', 1, 'y'), deferred('a', 2, 'x'), parked('b', 1, 'why')]
    await readModels.save(generation, lease, changes({ waiting }))
    const settled = [deferred('a', 1, 'x'), parked('b', 1), deferred('c', 1, 'x')]
    await readModels.save(generation, lease, changes({ settled }))
    expect(await readModels.loadWaiting(generation)).toEqual([deferred('a', 1, 'y'), deferred('a', 2, 'x')])
  })

  it('an event that fails again is one that waits, with the newer reason and count', async () => {
    const { readModels } = subject
    const { generation, lease } = await openModel(readModels)
    await readModels.save(generation, lease, changes({ waiting: [parked('a', 1, 'first', 1)] }))
    await readModels.save(generation, lease, changes({ waiting: [parked('a', 1, 'second', 2)] }))
    expect(await readModels.loadWaiting(generation)).toEqual([parked('a', 1, 'second', 2)])
    const both = changes({ settled: [parked('a', 1)], waiting: [parked('a', 1, 'third')] })
    await readModels.save(generation, lease, both)
    expect(await readModels.loadWaiting(generation)).toEqual([parked('a', 1, 'third')])
  })

  it('each generation has its own', async () => {
    const { readModels } = subject
    const first = await openModel(readModels)
    const second = await openModel(readModels, { ...concerts, fingerprint: 'v2' })
    await readModels.save(second.generation, second.lease, changes({ waiting: [deferred('a', 1, 'x')] }))
    expect(await readModels.loadWaiting(first.generation)).toEqual([])
    await readModels.drop(second.generation)
    await expect(readModels.loadWaiting(second.generation)).rejects.toThrow('concerts')
    const again = await openModel(readModels, { ...concerts, fingerprint: 'v2' })
    expect(await readModels.loadWaiting(again.generation)).toEqual([])
  })
}
