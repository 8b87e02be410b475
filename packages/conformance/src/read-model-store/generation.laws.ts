import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { GenerationRecord, Partition } from 'weir/ports'
import { EngineError } from 'weir/ports'
import type { Subject } from '../subject.ts'
import { changes, concerts, document, fill, ids, list, made, openModel, query } from './models.ts'

export function generationLaws(subject: Subject): void {
  const next = { ...concerts, fingerprint: 'v2' }
  const generations = () => subject.readModels.generations('concerts')
  const states = async () => (await generations()).map(({ number, state }) => [number, state])

  it('G9 a model that was never made has no generations', async () => {
    expect(await generations()).toEqual([])
  })

  it('G9 the first generation of a model serves at once, and starts empty, at the start of the feed', async () => {
    const { readModels } = subject
    const generation = await readModels.create(concerts, made)
    const { name: model, fingerprint, indexes } = concerts
    expect(generation).toEqual({ model, number: generation.number })
    const partitions = [{ lease: expect.any(Number), cursor: undefined }]
    const birth = { state: 'serving', since: made, servedUntil: undefined, accepted: [] }
    expect(await generations()).toEqual([{ ...generation, fingerprint, indexes, partitions, ...birth }])
    expect((await readModels.open({ ...generation, partition: 0 })).cursor).toBeUndefined()
    expect(await ids(readModels, generation)).toEqual([])
    expect(await readModels.loadWaiting(generation)).toEqual([])
  })

  it('G9 the first of each model serves, whatever other models have', async () => {
    const { readModels } = subject
    await readModels.create(concerts, made)
    await readModels.create({ ...concerts, name: 'tickets' }, made)
    expect(await readModels.generations('tickets')).toMatchObject([{ state: 'serving' }])
    expect(await generations()).toMatchObject([{ model: 'concerts', state: 'serving' }])
  })

  it('models are named for as long as they have a generation, each once', async () => {
    const { readModels } = subject
    expect(await readModels.models()).toEqual([])
    await readModels.create(concerts, made)
    await readModels.create(next, made)
    await readModels.create({ ...concerts, name: 'policy:a' }, made)
    await subject.reopen()
    expect((await subject.readModels.models()).sort()).toEqual(['concerts', 'policy:a'])
  })

  it('G9 later ones are being built, with greater numbers, while the first serves on', async () => {
    const { readModels } = subject
    const old = await fill(readModels, [document('1')])
    const young = await fill(readModels, [document('2')], next)
    const again = await readModels.create(concerts, made + 1)
    expect(await states()).toEqual([
      [old.generation.number, 'serving'],
      [young.generation.number, 'building'],
      [again.number, 'building'],
    ])
    expect(await ids(readModels, old.generation)).toEqual(['1'])
    expect(await ids(readModels, young.generation)).toEqual(['2'])
    expect(await readModels.save(old.generation, old.lease, changes({ documents: [document('3')] }))).toBe('saved')
    expect(await ids(readModels, old.generation)).toEqual(['1', '3'])
  })

  it('G9 while one is under construction, also when that is stopped, it is not begun again', async () => {
    const { readModels } = subject
    await readModels.create(concerts, made)
    const young = await fill(readModels, [document('1')], next)
    expect(await readModels.create(next, made + 1)).toMatchObject({ number: young.generation.number })
    await readModels.mark(young.generation, 'stopped', made + 2)
    expect(await readModels.create(next, made + 3)).toMatchObject({ number: young.generation.number })
    expect(await generations()).toMatchObject([{ state: 'serving' }, { state: 'stopped', since: made + 2 }])
    expect(await ids(readModels, young.generation)).toEqual(['1'])
    await readModels.mark(young.generation, 'retired', made + 4)
    expect((await readModels.create(next, made + 5)).number).toBeGreaterThan(young.generation.number)
  })

  it('G9 of processes that begin the same construction at once, all are given one', async () => {
    const { readModels } = subject
    await readModels.create(concerts, made)
    const begun = await Promise.all(Array.from({ length: 10 }, () => readModels.create(next, made)))
    expect(new Set(begun.map(({ number }) => number)).size).toBe(1)
    expect(await generations()).toHaveLength(2)
  })

  it('G9 a generation is opened where it stopped, with a newer lease', async () => {
    const { readModels } = subject
    const { generation, lease } = await fill(readModels, [document('1')])
    await readModels.save(generation, lease, changes({ cursor: '“42”' }))
    const second = await readModels.open(generation)
    expect(second.cursor).toBe('“42”')
    expect(second.lease).toBeGreaterThan(lease)
    expect(await generations()).toMatchObject([{ partitions: [second] }])
    expect(await ids(readModels, generation)).toEqual(['1'])
  })

  it('G9 one serves in place of the other, in one step', async () => {
    const { readModels } = subject
    const old = await fill(readModels, [document('1')])
    const young = await fill(readModels, [document('2')], next)
    const seen: Promise<GenerationRecord[]>[] = [generations()]
    const served = readModels.serve(young.generation, young.lease, made + 7)
    for (let turn = 0; turn < 10; turn += 1) seen.push(generations())
    expect(await served).toBe('serving')
    expect(await generations()).toMatchObject([
      { number: old.generation.number, state: 'retired', since: made + 7 },
      { number: young.generation.number, state: 'serving', since: made + 7 },
    ])
    for (const records of await Promise.all(seen)) expect(servingOf(records)).toHaveLength(1)
    expect(await ids(readModels, old.generation)).toEqual(['1'])
    expect(await readModels.save(old.generation, old.lease, changes())).toBe('saved')
  })

  it('G9 one that serves already goes on to, since when it did', async () => {
    const { readModels } = subject
    const { generation, lease } = await openModel(readModels)
    expect(await readModels.serve(generation, lease, made + 7)).toBe('serving')
    expect(await generations()).toMatchObject([{ state: 'serving', since: made }])
  })

  it('G9 one that was retired can serve again', async () => {
    const { readModels } = subject
    const old = await openModel(readModels)
    const young = await openModel(readModels, next)
    await readModels.serve(young.generation, young.lease, made + 1)
    expect(await readModels.serve(old.generation, old.lease, made + 2)).toBe('serving')
    expect(await generations()).toMatchObject([
      { state: 'serving', since: made + 2 },
      { state: 'retired', since: made + 2 },
    ])
  })

  it('G9 it is known of each until when it served, however its construction has stood since', async () => {
    const { readModels } = subject
    const old = await openModel(readModels)
    const young = await openModel(readModels, next)
    await readModels.serve(young.generation, young.lease, made + 1)
    for (const state of ['building', 'stopped', 'retired', 'building'] as const) {
      await readModels.mark(old.generation, state, made + 2)
      expect(await generations()).toMatchObject([{ state, servedUntil: made + 1 }, { servedUntil: undefined }])
    }
    await subject.reopen()
    expect(await generations()).toMatchObject([{ servedUntil: made + 1 }, { servedUntil: undefined }])
    const again = await subject.readModels.open(old.generation)
    await subject.readModels.serve(old.generation, again.lease, made + 3)
    expect(await generations()).toMatchObject([{ state: 'serving' }, { state: 'retired', servedUntil: made + 3 }])
  })

  it('G9 who was replaced, or builds what was dropped, cannot make it serve', async () => {
    const { readModels } = subject
    const old = await openModel(readModels)
    const young = await openModel(readModels, next)
    const current = await readModels.open(young.generation)
    expect(await readModels.serve(young.generation, young.lease, made + 1)).toBe('fenced')
    expect(await readModels.serve(young.generation, current.lease + 1, made + 1)).toBe('fenced')
    await readModels.drop(young.generation)
    expect(await readModels.serve(young.generation, current.lease, made + 1)).toBe('fenced')
    expect(await generations()).toMatchObject([{ number: old.generation.number, state: 'serving', since: made }])
  })

  it('G9 a construction can be stopped, gone on with, and given up', async () => {
    const { readModels } = subject
    await readModels.create(concerts, made)
    const young = await readModels.create(next, made)
    for (const [index, state] of (['stopped', 'building', 'retired', 'building'] as const).entries()) {
      await readModels.mark(young, state, made + index + 1)
      expect((await generations())[1]).toMatchObject({ state, since: made + index + 1 })
    }
    await readModels.mark(young, 'building', made + 99)
    expect((await generations())[1]).toMatchObject({ state: 'building', since: made + 4 })
  })

  it('G9 the one that serves cannot be marked', async () => {
    const { readModels } = subject
    const generation = await readModels.create(concerts, made)
    for (const state of ['building', 'stopped', 'retired'] as const) await readModels.mark(generation, state, made + 1)
    expect(await generations()).toMatchObject([{ state: 'serving', since: made }])
  })

  it('G9 two of one fingerprint cannot be under construction', async () => {
    const { readModels } = subject
    await readModels.create(concerts, made)
    const first = await readModels.create(next, made)
    await readModels.mark(first, 'retired', made + 1)
    const second = await readModels.create(next, made + 2)
    const refused = `Generation ${first.number} of read model concerts cannot be built: generation ${second.number} is`
    await expect(readModels.mark(first, 'building', made + 3)).rejects.toThrow(refused)
    await expect(readModels.mark(first, 'stopped', made + 3)).rejects.toThrow(refused)
    await readModels.drop(second)
    await readModels.mark(first, 'stopped', made + 4)
    expect(await states()).toEqual([
      [1, 'serving'],
      [first.number, 'stopped'],
    ])
  })

  it('G9 which one serves, and how the others stand, is kept over a restart', async () => {
    const old = await fill(subject.readModels, [document('1')])
    const young = await fill(subject.readModels, [document('2')], next)
    await subject.readModels.serve(young.generation, young.lease, made + 1)
    const stopped = await subject.readModels.create(concerts, made + 2)
    await subject.readModels.mark(stopped, 'stopped', made + 3)
    const before = await generations()
    await subject.reopen()
    expect(await generations()).toEqual(before)
    expect(await ids(subject.readModels, old.generation)).toEqual(['1'])
    expect(await subject.readModels.serve(old.generation, old.lease, made + 4)).toBe('serving')
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

  it('G9 whatever is done, one serves, and one of each fingerprint is under construction', async () => {
    const { readModels } = subject
    const step = fc.record({
      act: fc.constantFrom('create', 'open', 'serve', 'mark', 'drop'),
      fingerprint: fc.constantFrom('v1', 'v2'),
      state: fc.constantFrom('building', 'stopped', 'retired'),
      which: fc.nat(20),
    })
    let run = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        run += 1
        const model = { ...concerts, name: `model ${run}` }
        const given: (Partition & { lease: number })[] = []
        for (const { act, fingerprint, state, which } of steps) {
          const one = given[which % given.length]
          if (act === 'create' || !one) {
            given.push({ ...(await readModels.create({ ...model, fingerprint }, made)), partition: 0, lease: 0 })
          } else if (act === 'open') {
            one.lease = await readModels.open(one).then(({ lease }) => lease, refused)
          } else if (act === 'serve') await readModels.serve(one, one.lease, made)
          else if (act === 'mark') await readModels.mark(one, state, made).catch(refused)
          else await readModels.drop(one).catch(refused)
          const records = await readModels.generations(model.name)
          expect(servingOf(records)).toHaveLength(1)
          const built = records.filter((record) => ['building', 'stopped'].includes(record.state))
          expect(built).toHaveLength(new Set(built.map((record) => record.fingerprint)).size)
          const numbers = records.map(({ number }) => number)
          expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
        }
      }),
      { numRuns: 40 },
    )
  })
}

function servingOf(records: readonly GenerationRecord[]): GenerationRecord[] {
  return records.filter(({ state }) => state === 'serving')
}

/** What the port refuses is part of the story. */
function refused(error: unknown): number {
  if (error instanceof EngineError) return 0
  throw error
}
