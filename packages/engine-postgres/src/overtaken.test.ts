import { afterEach, beforeEach, expect, it } from 'vitest'
import type { StoredDocument } from 'weir/ports'
import {
  deadlocks,
  divide,
  document,
  makeReadModels,
  type Process,
  type ReadModels,
  save,
  tombstone,
  type Worker,
} from './read-models.fixture.ts'

let models: ReadModels
let one: Process

beforeEach(async () => {
  models = await makeReadModels()
  one = models.process()
})

afterEach(() => models.dispose())

const pick = (count: number) => Math.floor(Math.random() * count)

it('G4 what two partitions carry over between the same documents at once is neither lost nor doubled', async () => {
  const workers = await divide(models, 2, ['balance'])
  const accounts = ['a', 'b', 'c', 'd', 'e']
  const transfers = 150
  let wasOvertaken = 0
  const balanceOf = ({ body }: StoredDocument): number => JSON.parse(body ?? '').balance
  const transfer = async ({ store, partition }: Worker) => {
    const [from, to] = accounts.toSorted(() => Math.random() - 0.5) as [string, string]
    for (;;) {
      const found = await store.load(partition, [from, to])
      const seen = [from, to].map((id) => ({ id, stored: found.find((each) => each.id === id) }))
      const documents = seen.map(({ id, stored }) =>
        document(
          id,
          { balance: (stored ? balanceOf(stored) : 100) + (id === from ? -1 : 1) },
          (stored?.version ?? 0) + 1,
        ),
      )
      const outcome = await save(store, partition, { documents, seen })
      if (outcome === 'saved') return
      expect(outcome).toBe('overtaken')
      wasOvertaken += 1
    }
  }
  const work = async (worker: Worker) => {
    for (let count = 0; count < transfers; count += 1) await transfer(worker)
  }
  await Promise.all(workers.map(work))
  const all = await one.store.load(workers[0].partition, accounts)
  expect(all.reduce((sum, each) => sum + balanceOf(each), 0)).toBe(accounts.length * 100)
  expect(all.reduce((sum, { version }) => sum + version, 0)).toBe(workers.length * transfers * 2)
  expect(wasOvertaken).toBeGreaterThan(0)
  expect(await deadlocks(one.database)).toBe(0)
})

it('G4 whatever partitions save at once, it is as if they had saved one after the other', async () => {
  const workers = await divide(models, 3)
  const ids = ['a', 'b', 'c', 'd']
  const saves: Step[] = []
  let number = 0
  const step = async ({ store, partition }: Worker) => {
    const known = ids.filter(() => pick(3) > 0)
    const found = await store.load(partition, known)
    const seen = known.map((id) => ({ id, stored: found.find((each) => each.id === id) }))
    number += 1
    const mine = number
    const changed = known.filter(() => pick(2) > 0)
    const documents = changed.map((id) => (pick(3) === 0 ? tombstone(id, mine) : document(id, {}, mine)))
    if ((await save(store, partition, { documents, seen })) !== 'saved') return
    const saw = new Map(seen.map(({ id, stored }) => [id, stored?.version ?? 0]))
    saves.push({ number: mine, saw, wrote: new Set(changed) })
  }
  const work = async (worker: Worker) => {
    for (let count = 0; count < 150; count += 1) await step(worker)
  }
  await Promise.all(workers.map(work))
  expect(saves.length).toBeGreaterThan(100)
  expect(cycleAmong(saves)).toBeUndefined()
  expect(await deadlocks(one.database)).toBe(0)
})

/** A save of documents whose versions are numbers of saves; what was never there has version 0. */
interface Step {
  readonly number: number
  readonly saw: ReadonlyMap<string, number>
  readonly wrote: ReadonlySet<string>
}

/** Saves that cannot have been done one after the other: each saw, or put an end to, what the one before it did. */
function cycleAmong(steps: readonly Step[]): Step[] | undefined {
  const mustFollow = (later: Step, { number, saw, wrote }: Step) =>
    [...later.saw].some(([id, version]) => version === number && wrote.has(id)) ||
    [...later.wrote].some((id) => saw.has(id) && later.saw.get(id) === saw.get(id))
  let left = steps
  for (;;) {
    const rest = left.filter((step) => left.some((other) => other !== step && mustFollow(step, other)))
    if (rest.length === 0) return undefined
    if (rest.length === left.length) return [...rest]
    left = rest
  }
}

it('G4 one of two that make the same document is overtaken, or that bury what the other makes', async () => {
  const [first, second] = (await divide(models, 2)) as [Worker, Worker]
  const attempts: StoredDocument[][] = [[document('x')], [tombstone('x')], []]
  for (const mine of attempts) {
    for (const theirs of attempts.slice(0, 2)) {
      const seen = [{ id: 'x', stored: undefined }]
      const saves = await Promise.all([
        save(first.store, first.partition, { documents: [...mine, document('mine')], seen }),
        save(second.store, second.partition, { documents: theirs, seen }),
      ])
      expect(saves.filter((outcome) => outcome === 'saved').length).toBeGreaterThanOrEqual(1)
      if (mine.length > 0) expect(saves.toSorted()).toEqual(['overtaken', 'saved'])
      const [stored] = await one.store.load(first.partition, ['x'])
      expect(stored?.body).toBe((saves[1] === 'saved' ? theirs : mine)[0]?.body)
      expect(await one.store.load(first.partition, ['mine'])).toHaveLength(saves[0] === 'saved' ? 1 : 0)
      await save(first.store, first.partition, { purged: ['x', 'mine'] })
    }
  }
})

it('G4 partitions that change the same documents in different orders never wait for each other in a circle', async () => {
  const workers = await divide(models, 2)
  const ids = Array.from({ length: 20 }, (_, index) => `${index}`)
  for (let round = 1; round <= 20; round += 1) {
    const stored = round % 2 === 0
    const seen = ids.map((id) => ({ id, stored: stored ? document(id, {}, round - 1) : undefined }))
    const saves = workers.map(({ store, partition }, index) => {
      // What was not there is made by one, and by the other for the most part not.
      const documents = ids
        .filter((id) => stored || index === 0 || Number(id) % 3 === 0)
        .map((id) => document(id, {}, round))
      const order = <T>(list: T[]) => (index === 0 ? list : list.toReversed())
      return save(store, partition, { documents: order(documents), seen: order(seen) })
    })
    expect((await Promise.all(saves)).toSorted()).toEqual(['overtaken', 'saved'])
    await save(one.store, workers[0].partition, { documents: ids.map((id) => document(id, {}, round)) })
    if (stored) await save(one.store, workers[0].partition, { purged: ids })
  }
  expect(await deadlocks(one.database)).toBe(0)
})
