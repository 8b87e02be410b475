import { expect, it } from 'vitest'
import type { EventSource, Generation } from 'weir/ports'
import { EngineError } from 'weir/ports'
import { postgresReadModels } from './read-models.ts'
import { append, one, useStage } from './testing.fixture.ts'

const stage = useStage()

/** By numbers, as cursors of the memory engine are. */
const isAtLeast: EventSource['isAtLeast'] = (cursor, other) => Number(cursor ?? 0) >= Number(other ?? 0)

const source: EventSource = { storeId: 'store-1', epoch: 'epoch-1', isAtLeast }

async function openModels(application: string, of: EventSource = source, readOnly = false) {
  const models = await postgresReadModels({ url: stage.url, connections: 2, readOnly })(application, of)
  stage.closeLater(() => models.close())
  return models
}

it('G9 a generation takes the place of another when it is nowhere behind it, in the order that its events have', async () => {
  const { readModels } = await openModels('order')
  const stand = async (fingerprint: string, cursor: string): Promise<[Generation, number]> => {
    const made = await readModels.create({ name: 'shop', fingerprint, indexes: [], partitions: 1 }, 1)
    const partition = { ...made, partition: 0 }
    const { lease } = await readModels.open(partition)
    await readModels.save(partition, lease, { cursor, documents: [], waiting: [], settled: [] })
    return [made, lease]
  }
  await stand('old', '9')
  const [next, lease] = await stand('new', '8')
  expect(await readModels.serve(next, lease, 2)).toBe('behind')
  await readModels.save({ ...next, partition: 0 }, lease, { cursor: '10', documents: [], waiting: [], settled: [] })
  expect(await readModels.serve(next, lease, 3)).toBe('serving')
})

it('read models stay with the store of events that they are made of', async () => {
  const { readModels } = await openModels('own')
  await readModels.create({ name: 'shop', fingerprint: 'v1', indexes: [], partitions: 1 }, 1)
  await openModels('own')
  await openModels('own', source, true)
  const other = openModels('own', { ...source, storeId: 'store-2' })
  await expect(other).rejects.toThrow(/made of the events of another store\. .*DROP SCHEMA "own" CASCADE/)
  await expect(other).rejects.toBeInstanceOf(EngineError)
  const restored = openModels('own', { ...source, epoch: 'epoch-2' })
  await expect(restored).rejects.toThrow(/before it was restored or copied/)
})

it('many processes that are the first agree on one store of events', async () => {
  const ids = ['store-1', 'store-2', 'store-3', 'store-4']
  const opened = await Promise.allSettled(ids.map((storeId) => openModels('raced', { ...source, storeId })))
  expect(opened.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
})

it('a schema with events of its own has no read models of others, and the other way round', async () => {
  const engine = await stage.open('with-events')
  await append(engine, one('order-1', 'absent'))
  await expect(openModels('with-events')).rejects.toThrow(/another store, which are in that schema/)
  await openModels('without-events')
  await expect(stage.open('without-events')).rejects.toThrow(/only read models, of the events of a store elsewhere/)
  await expect(stage.open('without-events', { readOnly: true })).rejects.toThrow(/only read models/)
})

it('one that can be used says so, until the server is gone', async () => {
  const models = await openModels('checked')
  await expect(models.check()).resolves.toBeUndefined()
  await models.close()
  await expect(models.check()).rejects.toThrow()
})
