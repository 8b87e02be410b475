import { beforeEach, expect, test } from 'vitest'
import { memoryEngine } from '../engines/memory/index.ts'
import { type Roster, silentLogger } from '../ports/index.ts'
import { seededIdentity, type VirtualClock, virtualClock } from '../testing/index.ts'
import { Division } from './division.ts'

const PARTITIONS = 4
const takeOverAfter = 5000

let roster: Roster

beforeEach(async () => {
  roster = (await memoryEngine({ partitions: PARTITIONS })('shop')).roster as Roster
})

/** A process with a clock of its own: as long as that stands still, the process does. */
class Process {
  readonly clock: VirtualClock = virtualClock()
  readonly #division: Division

  constructor(seed: number, works = true) {
    const { clock } = this
    const identity = seededIdentity(seed, clock)
    this.#division = new Division(['menu'], { roster, clock, identity, logger: silentLogger, takeOverAfter, works })
  }

  join(): Promise<void> {
    return this.clock.run(this.#division.join())
  }

  get share(): number[] {
    return Array.from({ length: PARTITIONS }, (_, index) => index).filter((each) => this.#division.isMine('menu', each))
  }

  get isKept(): boolean {
    return this.#division.isKept('menu')
  }
}

/** Second by second. */
async function pass(seconds: number, ...processes: readonly Process[]): Promise<void> {
  for (let second = 0; second < seconds; second += 1) for (const { clock } of processes) await clock.advance(1000)
}

const all = [0, 1, 2, 3]

test('processes have shares of the work, all of it together', async () => {
  const [one, other] = [new Process(1), new Process(2)]
  await one.join()
  await other.join()
  await pass(2, one, other)
  expect([...one.share, ...other.share].toSorted()).toEqual(all)
  expect(one.share).toHaveLength(2)
})

test('the share of one that stands still goes to the other, and comes back when it goes on, for good', async () => {
  const [one, other] = [new Process(1), new Process(2)]
  await one.join()
  await other.join()
  await pass(7, one)
  expect(one.share).toEqual(all)
  for (let round = 0; round < 30; round += 1) {
    await pass(1, one, other)
    if (round > 2) expect([one.share.length, other.share.length]).toEqual([2, 2])
  }
})

test('one that was paused for long does not take the others for gone', async () => {
  const [one, other] = [new Process(1), new Process(2)]
  await one.join()
  await other.join()
  await pass(2, one, other)
  await pass(60, other)
  expect(other.share).toEqual(all)
  await one.clock.advance(1000)
  expect(one.share).toHaveLength(2)
})

test('who does not work has no share, and knows whether anybody does', async () => {
  const server = new Process(1, false)
  await server.join()
  await pass(2, server)
  expect([server.share, server.isKept]).toEqual([[], false])
  const worker = new Process(2)
  await worker.join()
  await pass(2, server, worker)
  expect([server.share, server.isKept, worker.share]).toEqual([[], true, all])
})
