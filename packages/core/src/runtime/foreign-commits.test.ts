import { describe, expect, test } from 'vitest'
import { EngineError, type EventStore } from '../ports/index.ts'
import { ForeignCommits } from './foreign-commits.ts'
import { buy, Process, schedule } from './on-demand.fixture.ts'
import { World } from './world.fixture.ts'

/** How far the consumers of the box office are behind, as an operator sees it. */
async function lagsIn({ runtime: { operations }, world }: Process): Promise<Record<string, number>> {
  const all = [...(await world.run(operations.projections())), ...(await world.run(operations.policies()))]
  return Object.fromEntries(all.map(({ name, lag }) => [name, lag]))
}

describe('a consumer on demand', () => {
  test('is not behind what it takes nothing of, though nobody has called it for that', async () => {
    const world = await World.make(4)
    const office = await Process.start(world)
    const desk = await Process.start(world, { works: false })
    const rest = { concerts: 0, confirm: 0, close: 0 }
    expect(await lagsIn(desk)).toEqual(rest)
    await office.execute(schedule('a'), ...Array.from({ length: 9 }, (_, ticket) => buy(String(ticket), 'a')))
    const behind = await lagsIn(desk)
    expect(behind.concerts).toBeGreaterThan(0)
    expect([behind.confirm, behind.close]).toEqual([10, 10])
    await office.foldAll()
    await world.run(office.onDemand.react('confirm'))
    await world.run(office.onDemand.react('close'))
    // The mails that were sent are nobody's business; a concert is not that of who sends them.
    expect(await lagsIn(desk)).toEqual(rest)
    await office.execute(schedule('b'))
    expect(await lagsIn(desk)).toMatchObject({ confirm: 0, close: expect.any(Number) })
    expect((await lagsIn(desk)).close).toBeGreaterThan(0)
  })

  test('is current when a process starts on what it takes nothing of', async () => {
    const world = await World.make(4)
    const office = await Process.start(world)
    await office.execute(schedule('a'))
    await office.foldAll()
    for (let mail = 0; mail < 20; mail += 1) await world.behind(`mail-${mail}`, 0, 'Sent', {})
    const { runtime } = await Process.start(world, { works: false })
    const [concerts] = await world.run(runtime.operations.projections())
    expect(concerts).toMatchObject({ name: 'concerts', current: true, lag: 0 })
  })
})

describe('what a consumer takes nothing of', () => {
  test('is read once, and bit by bit when there is much', async () => {
    const world = await World.make()
    for (let mail = 0; mail < 1_200; mail += 1) await world.behind(`mail-${mail}`, 0, 'Sent', {})
    await world.behind('ticket-1', 0, 'Bought', { concert: 'a' })
    let reads = 0
    const events: EventStore = Object.assign(Object.create(world.events), {
      readFeed: (...of: Parameters<EventStore['readFeed']>) => {
        reads += 1
        return world.events.readFeed(...of)
      },
    })
    const foreign = new ForeignCommits(events, (stream) => stream.startsWith('ticket-'))
    const left = async () => {
      const { done, total } = await world.events.progress(await foreign.pass(undefined))
      return total - done
    }
    expect([await left(), await left(), await left()]).toEqual([701, 201, 1])
    const before = reads
    expect(await left()).toBe(1)
    expect(reads).toBe(before + 1)
  })

  test('is passed over up to what cannot be read', async () => {
    const world = await World.make()
    for (let mail = 0; mail < 70; mail += 1) await world.behind(`mail-${mail}`, 0, 'Sent', {})
    let reads = 0
    const events: EventStore = Object.assign(Object.create(world.events), {
      readFeed: async (...of: Parameters<EventStore['readFeed']>) => {
        reads += 1
        if (reads > 1) throw new EngineError('version 1 of mail-60 is in the feed, but not in the table')
        return world.events.readFeed(...of)
      },
    })
    const passed = await new ForeignCommits(events, () => false).pass(undefined)
    expect(await world.events.progress(passed)).toEqual({ done: 50, total: 70 })
  })
})
