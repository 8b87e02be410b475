import { expect, it } from 'vitest'
import { append, by, one, useStage } from './testing.fixture.ts'

const stage = useStage()

const refusal = 'is open for reading only. Open it without readOnly to write.'

it('one that only reads shows the same store, and what is appended meanwhile', async () => {
  const engine = await stage.open('shown')
  await append(engine, by('key-1', 'order-1', 'absent'))
  const reader = await stage.open('shown', { readOnly: true })
  expect([reader.storeId, reader.epoch]).toEqual([engine.storeId, engine.epoch])
  const result = await append(engine, one('order-1', 1))
  const position = result.outcome === 'appended' ? result.position : ''
  expect(await reader.events.locate([], position)).toBe(position)
  expect(await reader.events.readStream('order-1', 0, 10)).toHaveLength(2)
  expect(await reader.events.findCommand('key-1')).toMatchObject({ stream: 'order-1' })
  expect((await reader.events.readFeed(undefined, 10)).commits).toHaveLength(2)
  await reader.check()
})

it('what would write rejects, and nothing is written', async () => {
  const engine = await stage.open('refused')
  const partition = { ...(await engine.readModels.create(concerts, 1)), partition: 0 }
  const reader = await stage.open('refused', { readOnly: true })
  await expect(append(reader, one('order-1', 'any'))).rejects.toThrow(refusal)
  await expect(append(reader, one('order-1', 'any', 0))).rejects.toThrow(refusal)
  const snapshot = { version: 1, fingerprint: 'v1', state: '{}' }
  await expect(reader.events.saveSnapshot('order-1', snapshot)).rejects.toThrow(refusal)
  await expect(reader.readModels.create({ ...concerts, name: 'other' }, 1)).rejects.toThrow(refusal)
  await expect(reader.readModels.open(partition)).rejects.toThrow(refusal)
  await expect(reader.roster?.attend('me', '')).rejects.toThrow(refusal)
  expect(await reader.readModels.models()).toEqual(['concerts'])
  expect((await engine.events.readFeed(undefined, 10)).commits).toEqual([])
})

it('one that is pinned shows the store as it was when it was opened', async () => {
  const engine = await stage.open('pinned')
  await append(engine, one('order-1', 'absent'))
  const pinned = await stage.open('pinned', { readOnly: true, pinned: true })
  await append(engine, one('order-1', 1))
  await engine.readModels.create(concerts, 1)
  const reads = [1, 2, 3].map(async () => (await pinned.events.readFeed(undefined, 10)).commits.length)
  expect(await Promise.all(reads)).toEqual([1, 1, 1])
  expect(await pinned.events.readStream('order-1', 0, 10)).toHaveLength(1)
  expect(await pinned.readModels.models()).toEqual([])
  expect(await pinned.events.progress(undefined)).toEqual({ done: 0, total: 1 })
})

const concerts = { name: 'concerts', fingerprint: 'v1', indexes: ['date'], partitions: 1 }
