import { expect, it } from 'vitest'
import type { Generation, Partition } from 'weir/ports'
import { partitionOf } from 'weir/ports'
import { append, one } from '../builders.ts'
import type { Subject } from '../subject.ts'
import { changes, concerts, deferred, document, ids, made, parked, tombstone } from './models.ts'

export function partitionLaws(subject: Subject): void {
  const next = { ...concerts, fingerprint: 'v2' }
  const make = async (model = concerts) => {
    const generation = await subject.readModels.create({ ...model, partitions: subject.engine.partitions }, made)
    return { generation, partitions: partitionsOf(generation, subject.engine.partitions) }
  }
  const lease = async (partition: Partition) => (await subject.readModels.open(partition)).lease
  const standing = async () =>
    (await subject.readModels.generations('concerts')).find(({ state }) => state === 'serving')

  it('G4 each partition has a lease and a cursor of its own', async () => {
    const { readModels } = subject
    const { partitions } = await make()
    const leases = await Promise.all(partitions.map(lease))
    const cursors = partitions.map((_, index) => `${index + 1}`)
    for (const [index, partition] of partitions.entries()) {
      const saved = changes({ cursor: cursors[index] as string, documents: [document(`${index}`)] })
      expect(await readModels.save(partition, leases[index] as number, saved)).toBe('saved')
    }
    const record = await standing()
    expect(record?.partitions.map(({ cursor }) => cursor)).toEqual(cursors)
    expect(record?.partitions.map((each) => each.lease)).toEqual(leases)
    expect(await ids(readModels, partitions[0] as Partition)).toEqual(partitions.map((_, index) => `${index}`))
    const [first, ...others] = partitions as [Partition, ...Partition[]]
    await readModels.open(first)
    expect(await readModels.save(first, leases[0] as number, changes())).toBe('fenced')
    for (const [index, other] of others.entries()) {
      expect(await readModels.save(other, leases[index + 1] as number, changes())).toBe('saved')
    }
  })

  it('G10 what waits belongs to the partition of its stream, and to the generation', async () => {
    const { readModels } = subject
    const { generation, partitions } = await make()
    const streams = Array.from({ length: 20 }, (_, index) => `order-${index}`)
    const waiting = streams.flatMap((stream) => [parked(stream, 1, 'why'), deferred(stream, 2, 'x')])
    const of = (partition: Partition) =>
      waiting.filter(({ stream }) => partitionOf(stream, partitions.length) === partition.partition)
    for (const partition of partitions) {
      await readModels.save(partition, await lease(partition), changes({ waiting: of(partition) }))
    }
    for (const partition of partitions)
      expect(await readModels.loadWaiting(partition)).toHaveLength(of(partition).length)
    expect(await readModels.loadWaiting(generation)).toHaveLength(waiting.length)
    const [first] = partitions as [Partition]
    await readModels.save(first, await lease(first), changes({ settled: of(first) }))
    expect(await readModels.loadWaiting(first)).toEqual([])
    expect(await readModels.loadWaiting(generation)).toHaveLength(waiting.length - of(first).length)
  })

  it('G4 nothing is saved that rests on a document which has changed meanwhile', async () => {
    const { readModels } = subject
    const [first, ...others] = (await make()).partitions as [Partition, ...Partition[]]
    const last = others.at(-1) ?? first
    const [mine, theirs] = [await lease(first), first === last ? undefined : await lease(last)]
    const put = (...documents: ReturnType<typeof document>[]) =>
      readModels.save(last, theirs ?? mine, changes({ documents }))
    const seen = [
      { id: '1', stored: document('1', { seats: 1 }) },
      { id: '2', stored: tombstone('2') },
      { id: '3', stored: undefined },
    ]
    const attempt = (cursor: string) =>
      readModels.save(first, mine, changes({ cursor, seen, documents: [document('4')], waiting: [parked('a', 1)] }))
    await put(document('1', { seats: 1 }), tombstone('2'))
    await put(document('1', { seats: 2 }))
    expect(await attempt('5')).toBe('overtaken')
    await put(document('1', { seats: 1 }, 2))
    expect(await attempt('5')).toBe('overtaken')
    await put(document('1', { seats: 1 }), document('2'))
    expect(await attempt('5')).toBe('overtaken')
    await put(tombstone('2'), document('3'))
    expect(await attempt('5')).toBe('overtaken')
    await put(tombstone('3'))
    expect(await attempt('5')).toBe('overtaken')
    await readModels.save(last, theirs ?? mine, changes({ purged: ['3'] }))
    expect(await readModels.load(first, ['4'])).toEqual([])
    expect(await readModels.loadWaiting(first)).toEqual([])
    expect(await attempt('5')).toBe('saved')
    expect(await readModels.load(first, ['4'])).toEqual([document('4')])
  })

  it('G4 of two that rest on the same document and save at once, one is overtaken', async () => {
    const { readModels } = subject
    const [first, ...others] = (await make()).partitions as [Partition, ...Partition[]]
    const writers = [first, ...others]
    const leases = await Promise.all(writers.map(lease))
    let before: ReturnType<typeof document> | undefined
    for (let round = 0; round < 10; round += 1) {
      const saves = writers.map((partition, index) => {
        const documents = [document('shared', { round, by: index }), document(`${index}-${round}`)]
        const seen = [{ id: 'shared', stored: before }]
        return readModels.save(partition, leases[index] as number, changes({ documents, seen }))
      })
      const outcomes = await Promise.all(saves)
      expect(outcomes.filter((outcome) => outcome === 'saved')).toHaveLength(1)
      before = document('shared', { round, by: outcomes.indexOf('saved') })
      expect(await readModels.get(first, 'shared')).toEqual(before)
      const own = writers.map((_, index) => `${index}-${round}`)
      expect(await readModels.load(first, own)).toHaveLength(1)
    }
  })

  it('G9 a generation that is behind in a partition cannot take over', async () => {
    const { events, readModels } = subject
    const cursorBehind = async (stream: string) => {
      await append(events, one(stream, 'any'))
      return (await events.readFeed(undefined, 100)).cursor
    }
    const old = await make()
    const young = await make(next)
    const advance = async ({ partitions }: typeof old, cursor: string) => {
      for (const partition of partitions) {
        await readModels.save(partition, await lease(partition), changes({ cursor }))
      }
    }
    const serve = async () => {
      const [first] = young.partitions as [Partition]
      return readModels.serve(young.generation, await lease(first), made + 1)
    }
    const early = await cursorBehind('order-1')
    const late = await cursorBehind('order-2')
    await advance(old, early)
    expect(await serve()).toBe('behind')
    await advance(young, early)
    const last = old.partitions.at(-1) as Partition
    await readModels.save(last, await lease(last), changes({ cursor: late }))
    expect(await serve()).toBe('behind')
    expect(await standing()).toMatchObject({ number: old.generation.number })
    await advance(young, late)
    expect(await serve()).toBe('serving')
    expect(await standing()).toMatchObject({ number: young.generation.number })
  })

  it('G9 a generation of one partition and one of several are compared as a whole', async () => {
    const { events, readModels } = subject
    await append(events, one('order-1', 'any'))
    const { cursor } = await events.readFeed(undefined, 10)
    const old = { ...(await readModels.create(concerts, made)), partition: 0 }
    await readModels.save(old, await lease(old), changes({ cursor }))
    const { generation, partitions } = await make(next)
    const [first] = partitions as [Partition]
    for (const partition of partitions) {
      expect(await readModels.serve(generation, await lease(first), made)).toBe('behind')
      await readModels.save(partition, await lease(partition), changes({ cursor }))
    }
    expect(await readModels.serve(generation, await lease(first), made)).toBe('serving')
  })

  it('G10 which streams may be parked when a generation takes over is kept, each once', async () => {
    const { generation } = await make()
    await subject.readModels.accept(generation, ['a', 'b'])
    await subject.readModels.accept(generation, ['b', 'c'])
    await subject.reopen()
    expect((await standing())?.accepted).toEqual(['a', 'b', 'c'])
  })
}

function partitionsOf(generation: Generation, count: number): Partition[] {
  return Array.from({ length: count }, (_, partition) => ({ ...generation, partition }))
}
