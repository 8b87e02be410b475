import * as fc from 'fast-check'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Generation } from 'weir/ports'
import { writePlace } from './cursor.ts'
import {
  deadlocks,
  makeReadModels,
  openPartition,
  type Process,
  type ReadModels,
  save,
  somebodyWaits,
} from './read-models.fixture.ts'

let models: ReadModels
let one: Process

beforeEach(async () => {
  models = await makeReadModels()
  one = models.process()
})

afterEach(() => models.dispose())

let model = 0

/** The cursor of who has been given the commits of so many transactions. */
const cursorAt = (end: number) => writePlace({ seen: { start: end, end, running: [], next: end, floor: end }, last: 0 })

/** Makes a generation whose partitions stand at these places; 0: at the start. */
async function make(name: string, fingerprint: string, places: readonly number[]): Promise<Generation> {
  const generation = await one.store.create({ name, fingerprint, indexes: [], partitions: places.length }, 0)
  for (const [partition, place] of places.entries()) await move(generation, partition, place)
  return generation
}

async function move(generation: Generation, partition: number, place: number): Promise<void> {
  const opened = await openPartition(one.store, { ...generation, partition })
  if (place > 0) await save(one.store, opened, { cursor: cursorAt(place) })
}

async function serve(generation: Generation): Promise<string> {
  const { lease } = await one.store.open({ ...generation, partition: 0 })
  return one.store.serve(generation, lease, 1)
}

/** Whether some stream's commits have been given by one generation, and not by the other; slot by slot. */
function isBehind(own: readonly number[], current: readonly number[]): boolean {
  const slots = Array.from({ length: own.length * current.length }, (_, slot) => slot)
  return slots.some((slot) => Number(own[slot % own.length]) < Number(current[slot % current.length]))
}

it('G9 a generation is behind when a stream is, however streams are divided', async () => {
  const places = fc.array(fc.nat(3), { minLength: 1, maxLength: 6 })
  await fc.assert(
    fc.asyncProperty(places, places, async (current, own) => {
      model += 1
      await make(`model ${model}`, 'v1', current)
      const young = await make(`model ${model}`, 'v2', own)
      expect(await serve(young)).toBe(isBehind(own, current) ? 'behind' : 'serving')
    }),
    {
      numRuns: 60,
      examples: [
        [
          [2, 2],
          [2, 2, 2, 2],
        ],
        [
          [1, 2],
          [1, 2, 1, 2],
        ],
        [
          [1, 2, 3],
          [3, 2],
        ],
      ],
    },
  )
})

it('G9 who wants to serve waits for saves that are under way, and is behind what they gave', async () => {
  await make('concerts', 'v1', [1, 1])
  const young = await make('concerts', 'v2', [1, 1])
  const blocker = await models.connect()
  await blocker.query(`BEGIN; UPDATE "box-office".partitions SET cursor = '${cursorAt(2)}'
    WHERE number = 1 AND partition = 1`)
  const served = serve(young)
  await somebodyWaits(one.database)
  await blocker.query('COMMIT')
  await blocker.end()
  expect(await served).toBe('behind')
  await move(young, 1, 2)
  expect(await serve(young)).toBe('serving')
})

it('G9 whatever processes make, serve, save and drop at once, one serves, and none behind the one before', async () => {
  const others = [one, models.process(), models.process()]
  const work = async ({ store }: Process) => {
    for (let round = 1; round <= 15; round += 1) {
      const made = await store.create({ name: 'concerts', fingerprint: `v${round % 3}`, indexes: [], partitions: 2 }, 0)
      for (const partition of [0, 1]) {
        const opened = await openPartition(store, { ...made, partition }).catch(() => undefined)
        if (opened) await save(store, opened, { cursor: cursorAt(round) })
      }
      await serve(made).catch(() => undefined)
      const records = await store.generations('concerts')
      expect(records.filter(({ state }) => state === 'serving')).toHaveLength(1)
      const retired = records.find(({ state }) => state === 'retired')
      if (retired) await store.drop(retired).catch(() => undefined)
    }
  }
  await Promise.all(others.map(work))
  expect(await deadlocks(one.database)).toBe(0)
})
