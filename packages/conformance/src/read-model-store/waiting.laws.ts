import { expect, it } from 'vitest'
import type { WaitingEvent } from 'weir/ports'
import type { Subject } from '../subject.ts'
import { changes, concerts } from './models.ts'

export function waitingLaws(subject: Subject): void {
  const deferred = (stream: string, version: number, document: string): WaitingEvent => {
    return { stream, version, document, since: 1_700_000_000_000 + version, error: undefined }
  }
  const parked = (stream: string, version: number, error?: string): WaitingEvent => {
    return { stream, version, document: undefined, since: 1_700_000_000_000, error }
  }

  it('G2 events wait in the order of stream and version', async () => {
    const { readModels } = subject
    const { generation, lease } = await readModels.open(concerts)
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

  it('G10 a parked stream keeps why and since when', async () => {
    const { readModels } = subject
    const { generation, lease } = await readModels.open(concerts)
    const waiting = [parked('a', 3, 'TypeError: it’s undefined'), parked('a', 4), parked('a', 5)]
    await readModels.save(generation, lease, changes({ waiting }))
    expect(await readModels.loadWaiting(generation)).toEqual(waiting)
  })

  it('G10 an event may wait for a document without a name, and be parked, at the same time', async () => {
    const { readModels } = subject
    const { generation, lease } = await readModels.open(concerts)
    await readModels.save(generation, lease, changes({ waiting: [deferred('a', 1, ''), parked('a', 1, 'why')] }))
    expect(await readModels.loadWaiting(generation)).toHaveLength(2)
    await readModels.save(generation, lease, changes({ settled: [deferred('a', 1, '')] }))
    expect(await readModels.loadWaiting(generation)).toEqual([parked('a', 1, 'why')])
  })

  it('what is settled waits no more, and only that', async () => {
    const { readModels } = subject
    const { generation, lease } = await readModels.open(concerts)
    const waiting = [deferred('a', 1, 'x'), deferred('a', 1, 'y'), deferred('a', 2, 'x'), parked('b', 1, 'why')]
    await readModels.save(generation, lease, changes({ waiting }))
    const settled = [deferred('a', 1, 'x'), parked('b', 1), deferred('c', 1, 'x')]
    await readModels.save(generation, lease, changes({ settled }))
    expect(await readModels.loadWaiting(generation)).toEqual([deferred('a', 1, 'y'), deferred('a', 2, 'x')])
  })

  it('an event that fails again is one that waits, with the newer reason', async () => {
    const { readModels } = subject
    const { generation, lease } = await readModels.open(concerts)
    await readModels.save(generation, lease, changes({ waiting: [parked('a', 1, 'first')] }))
    await readModels.save(generation, lease, changes({ waiting: [parked('a', 1, 'second')] }))
    expect(await readModels.loadWaiting(generation)).toEqual([parked('a', 1, 'second')])
    const both = changes({ settled: [parked('a', 1)], waiting: [parked('a', 1, 'third')] })
    await readModels.save(generation, lease, both)
    expect(await readModels.loadWaiting(generation)).toEqual([parked('a', 1, 'third')])
  })

  it('each generation has its own', async () => {
    const { readModels } = subject
    const first = await readModels.open(concerts)
    const second = await readModels.open({ ...concerts, fingerprint: 'v2' })
    await readModels.save(first.generation, first.lease, changes({ waiting: [deferred('a', 1, 'x')] }))
    expect(await readModels.loadWaiting(second.generation)).toEqual([])
    await readModels.dropOthers(second.generation)
    const again = await readModels.open(concerts)
    expect(await readModels.loadWaiting(again.generation)).toEqual([])
  })
}
