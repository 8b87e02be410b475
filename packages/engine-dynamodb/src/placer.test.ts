import { DeleteItemCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { partitionOf } from 'weir/ports'
import type { SetAside } from './aside.ts'
import { type CommitKey, Commits, keyOf, lastVersion } from './commits.ts'
import type { Dynamo } from './dynamo.ts'
import { Heads } from './heads.ts'
import { Pages } from './pages.ts'
import { Placer } from './placer.ts'
import { Puts } from './puts.ts'
import { reconcile } from './reconcile.ts'
import { useStage } from './testing.fixture.ts'

const stage = useStage()
const lanes = 2

/** One of several processes that place. */
function placerOn(dynamo: Dynamo, setAside: (aside: SetAside) => void = () => {}): Placer {
  const services = { commits: new Commits(dynamo), heads: new Heads(dynamo), pages: new Pages(dynamo) }
  return new Placer(lanes, { dynamo, ...services, placed: () => {}, setAside })
}

/** Writes commits of so many events to a stream, and tells which they are. */
async function write(dynamo: Dynamo, stream: string, counts: readonly number[]): Promise<CommitKey[]> {
  const puts = new Puts(dynamo)
  let version = 1
  const commits = counts.map((count) => {
    const commit = { stream, version, count, payload: `[${stream}]` }
    version += count
    return commit
  })
  await Promise.all(commits.map((commit, index) => puts.put(commit, `${stream} ${index}`)))
  return commits
}

/** All that the lanes hold, in order. */
async function placed(dynamo: Dynamo): Promise<CommitKey[][]> {
  const pages = new Pages(dynamo)
  const all = Array.from({ length: lanes }, async (_, lane) => {
    const found = await pages.from(lane, 1, 1_000)
    expect(found.pages.map(({ number }) => number)).toEqual(found.pages.map((_, index) => index + 1))
    let total = 0
    for (const page of found.pages) {
      total += page.entries.reduce((sum, { count }) => sum + count, 0)
      expect(page.total).toBe(total)
    }
    return found.pages.flatMap(({ entries }) => entries)
  })
  return Promise.all(all)
}

/** Every commit once, in the lane of its stream, in the order of versions without gaps. */
async function expectAllPlaced(dynamo: Dynamo, commits: readonly CommitKey[]): Promise<void> {
  const found = await placed(dynamo)
  expect(found.flat()).toHaveLength(commits.length)
  const ends = new Map<string, number>()
  for (const [lane, entries] of found.entries()) {
    for (const entry of entries) {
      expect([entry.version, partitionOf(entry.stream, lanes)]).toEqual([(ends.get(entry.stream) ?? 0) + 1, lane])
      ends.set(entry.stream, lastVersion(entry))
    }
  }
}

it('G2 whoever places what, in any order and however often: each commit is in the feed once, in order', async () => {
  const streams = fc.array(fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 6 }), {
    minLength: 1,
    maxLength: 6,
  })
  await fc.assert(
    fc.asyncProperty(
      streams,
      fc.infiniteStream(fc.nat()),
      fc.integer({ min: 1, max: 3 }),
      async (all, numbers, many) => {
        const dynamo = await stage.dynamo()
        const commits = (await Promise.all(all.map((counts, index) => write(dynamo, `order-${index}`, counts)))).flat()
        const draw = (below: number) => (numbers.next().value as number) % below
        const placers = Array.from({ length: many }, () => placerOn(dynamo))
        const orders = placers.map(() => shuffled([...commits, ...commits.filter(() => draw(3) === 0)], draw))
        // Each is brought only some, but the last of every stream comes to somebody.
        const brought = orders.map((order, index) =>
          order.filter((commit) => draw(2) === 0 || (index === 0 && isLast(commit, commits))),
        )
        await Promise.all(placers.map((placer, index) => placeInPieces(placer, brought[index] ?? [], draw)))
        await expectAllPlaced(dynamo, commits)
      },
    ),
    { numRuns: 12 },
  )
})

it('G2 more streams than a transaction holds are placed in several pages', async () => {
  const dynamo = await stage.dynamo()
  const commits = (
    await Promise.all(Array.from({ length: 250 }, (_, index) => write(dynamo, `order-${index}`, [1])))
  ).flat()
  await placerOn(dynamo).place(commits)
  await expectAllPlaced(dynamo, commits)
})

it('G3 what is missing before a commit is read from its stream and placed with it', async () => {
  const dynamo = await stage.dynamo()
  const commits = await write(dynamo, 'order-1', [1, 2, 1, 3])
  const placer = placerOn(dynamo)
  await placer.place(commits.slice(0, 1))
  await placer.place(commits.slice(-1))
  await expectAllPlaced(dynamo, commits)
})

it('G3 a stream of which a version was deleted waits, is told of each time, and goes on when it is back; others go on', async () => {
  const dynamo = await stage.dynamo()
  const damaged = await write(dynamo, 'order-1', [1, 1, 1, 1])
  const [first, lost, ...later] = damaged as [CommitKey, CommitKey, ...CommitKey[]]
  const sound = (await Promise.all(Array.from({ length: 8 }, (_, nr) => write(dynamo, `cart-${nr}`, [1])))).flat()
  const key = { TableName: dynamo.tables.events, Key: keyOf('order-1', lost.version) }
  const { Item } = await dynamo.send(new GetItemCommand(key))
  await dynamo.send(new DeleteItemCommand(key))
  const told: SetAside[] = []
  const placer = placerOn(dynamo, (aside) => told.push(aside))
  await placer.place([first, ...later, ...sound])
  await expectAllPlaced(dynamo, [first, ...sound])
  await placer.place(later.slice(1))
  const reason = expect.stringMatching(/version 2 of order-1 is missing in .* Put the item back from a backup/)
  expect(told).toEqual([
    { stream: 'order-1', version: 2, reason },
    { stream: 'order-1', version: 2, reason },
  ])
  await dynamo.send(new PutItemCommand({ TableName: dynamo.tables.events, Item }))
  await reconcile({ dynamo, placer, lost: undefined })
  await expectAllPlaced(dynamo, [...damaged, ...sound])
})

it('G3 what others have placed before it was deleted keeps nobody waiting', async () => {
  const dynamo = await stage.dynamo()
  const commits = await write(dynamo, 'order-1', [1, 1, 1])
  const behind = placerOn(dynamo, () => expect.unreachable('nothing is missing before what waits'))
  await behind.place(commits.slice(0, 1))
  await placerOn(dynamo).place(commits.slice(0, 2))
  await dynamo.send(new DeleteItemCommand({ TableName: dynamo.tables.events, Key: keyOf('order-1', 2) }))
  await behind.place(commits.slice(2))
  await expectAllPlaced(dynamo, commits)
})

async function placeInPieces(
  placer: Placer,
  commits: readonly CommitKey[],
  draw: (below: number) => number,
): Promise<void> {
  for (let from = 0; from < commits.length; ) {
    const to = from + 1 + draw(4)
    await placer.place(commits.slice(from, to))
    from = to
  }
}

function isLast(commit: CommitKey, commits: readonly CommitKey[]): boolean {
  return commits.findLast(({ stream }) => stream === commit.stream) === commit
}

function shuffled<T>(values: readonly T[], draw: (below: number) => number): T[] {
  const all = [...values]
  for (let end = all.length; end > 1; end -= 1) all.push(...all.splice(draw(end), 1))
  return all
}
