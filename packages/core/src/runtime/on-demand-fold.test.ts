import { describe, expect, it } from 'vitest'
import { partitionOf } from '../ports/index.ts'
import { UnavailableError } from './errors.ts'
import { BROKEN, buy, counting, Process, pureFold, schedule } from './on-demand.fixture.ts'
import { OperationRefused } from './operations.ts'
import { broken, World } from './world.fixture.ts'

const PARTITIONS = 4
const HOUR = 60 * 60 * 1000

const some = [schedule('a'), buy('1', 'a'), buy('2', 'a'), schedule('b'), buy('3', 'b'), buy('4', 'a')]

describe('a projection that is folded on demand', () => {
  it('shows nothing before a call, and all that was recorded after it', async () => {
    const world = await World.make(PARTITIONS)
    const office = await Process.start(world)
    const reader = await Process.start(world, { works: false, onRebuildWanted: () => {} })
    const token = await office.execute(...some)
    expect(await reader.documents(token)).toEqual({ documents: [], consistency: 'timed-out' })
    expect(await office.foldAll()).toEqual(Array(PARTITIONS).fill('caught-up'))
    const documents = await pureFold(world)
    expect(await reader.documents(token)).toEqual({ documents, consistency: 'reached' })
    expect(await office.documents(token)).toEqual({ documents, consistency: 'reached' })
  })

  it('G8 who waits for a token is answered as soon as a call has folded it', async () => {
    const world = await World.make(PARTITIONS)
    const office = await Process.start(world)
    const reader = await Process.start(world)
    const token = await office.execute(...some)
    const waiting = reader.runtime.get(reader.concerts, 'a', { token })
    await office.foldAll()
    const { document, consistency } = await world.run(waiting)
    expect(document).toMatchObject({ sold: 3 })
    expect(consistency).toBe('reached')
  })

  it('G3 goes on where a call was ended by its deadline or signal', async () => {
    const world = await World.make()
    const ending = new AbortController()
    const office = await Process.start(world, {
      faults: {
        readModels: (readModels) => ({
          save: (partition, lease, changes) => {
            if (partition.model === 'concerts') ending.abort()
            return readModels.save(partition, lease, changes)
          },
        }),
      },
    })
    await office.execute(schedule('a'))
    for (let n = 0; n < 2500; n += 1) await world.behind(`ticket-${n}`, 0, 'Bought', { concert: 'a' })
    const { signal } = ending
    expect(await world.run(office.onDemand.fold('concerts', 0, { deadline: world.clock.now() }))).toBe('more')
    expect((await office.documents()).documents).toEqual([])
    expect(await world.run(office.onDemand.fold('concerts', 0, { signal }))).toBe('more')
    const [{ sold = 0 } = {}] = (await office.documents()).documents
    expect(sold).toBeGreaterThan(0)
    expect(sold).toBeLessThan(2500)
    expect(await world.run(office.onDemand.fold('concerts', 0, { deadline: world.clock.now() + 1 }))).toBe('caught-up')
    expect((await office.documents()).documents).toEqual(await pureFold(world))
  })

  it('G4 calls in several processes at the same time double nothing', async () => {
    const world = await World.make(PARTITIONS)
    const offices = await Promise.all([1, 2, 3].map(() => Process.start(world)))
    await offices[0]?.execute(...some)
    const outcomes = await Promise.all(offices.map((office) => office.foldAll()))
    expect(new Set(outcomes.flat())).toContain('caught-up')
    for (const office of offices) expect((await office.documents()).documents).toEqual(await pureFold(world))
  })

  it('G3 is not stopped by an operator who takes a partition for a moment', async () => {
    const world = await World.make()
    const operator = await Process.start(world)
    let isUnderWay = false
    const office = await Process.start(world, {
      faults: {
        readModels: (readModels) => ({
          load: async (generation, ids) => {
            if (isUnderWay) await operator.runtime.operations.retry('concerts', { stream: `concert-${BROKEN}` })
            isUnderWay = false
            return readModels.load(generation, ids)
          },
        }),
      },
    })
    await office.execute(schedule(BROKEN))
    await office.foldAll()
    await office.execute(...some)
    isUnderWay = true
    expect(await office.foldAll()).toEqual(['caught-up'])
    expect(isUnderWay).toBe(false)
    const all = await pureFold(world)
    expect((await office.documents()).documents).toEqual(all.filter(({ id }) => id !== BROKEN))
  })

  it('what waits for a document of another partition goes on with the call that makes it', async () => {
    const world = await World.make(PARTITIONS)
    const office = await Process.start(world)
    const tickets = Array.from({ length: 12 }, (_, n) => buy(`${n}`, 'late'))
    await office.execute(...tickets)
    await office.foldAll()
    await office.execute(schedule('late'))
    const { projections } = await world.run(office.onDemand.due())
    expect(projections).toHaveLength(1)
    const partition = Number(projections[0]?.partition)
    expect(await world.run(office.onDemand.fold('concerts', partition))).toBe('caught-up')
    expect((await office.documents()).documents).toEqual(await pureFold(world))
    expect((await world.run(office.onDemand.due())).projections).toEqual([])
  })

  it('G10 that cannot read what is next for it is due, and keeps no other from being found', async () => {
    const world = await World.make(PARTITIONS)
    const office = await Process.start(world)
    await office.execute(...some)
    await office.foldAll()
    await office.execute(...some.map((_, n) => buy(`late-${n}`, 'a')))
    const damaged = partitionOf('ticket-late-0', PARTITIONS)
    const sweep = await Process.start(world, {
      faults: {
        events: (all) => ({
          readFeed: async (...of) => (of[2]?.partition === damaged ? broken() : all.readFeed(...of)),
        }),
      },
    })
    const { projections, policies } = await world.run(sweep.onDemand.due())
    expect(projections.map(({ partition }) => partition)).toContain(damaged)
    expect(policies).toContain('confirm')
  })

  it('G10 what is parked is no failure of a call, and is not tried with every call', async () => {
    const world = await World.make()
    let isMended = false
    const office = await Process.start(world, { isMended: () => isMended })
    await office.execute(schedule(BROKEN), ...some)
    expect(await office.foldAll()).toEqual(['caught-up'])
    await office.execute(buy('5', 'a'))
    await office.foldAll()
    const later = await Process.start(world, { isMended: () => isMended })
    await later.foldAll()
    const { operations } = later.runtime
    expect(await world.run(operations.deadLetters())).toMatchObject([{ stream: `concert-${BROKEN}`, attempts: 1 }])
    expect((await later.documents()).documents).toEqual((await pureFold(world)).filter(({ id }) => id !== BROKEN))
    isMended = true
    expect(await world.run(operations.retry('concerts', { stream: `concert-${BROKEN}` }))).toBe('applied')
    expect((await later.documents()).documents).toEqual(await pureFold(world))
  })

  it('a call rejects when the store fails, and the next one goes on', async () => {
    const world = await World.make()
    let isBroken = false
    const office = await Process.start(world, {
      faults: { readModels: (all) => ({ save: (...args) => (isBroken ? broken() : all.save(...args)) }) },
    })
    const other = await Process.start(world)
    await other.execute(...some)
    isBroken = true
    await expect(world.run(office.onDemand.fold('concerts', 0))).rejects.toThrow(UnavailableError)
    isBroken = false
    expect(await office.foldAll()).toEqual(['caught-up'])
    expect((await office.documents()).documents).toEqual(await pureFold(world))
  })

  it('refuses what the application does not have', async () => {
    const world = await World.make()
    const office = await Process.start(world)
    await expect(world.run(office.onDemand.fold('unknown', 0))).rejects.toThrow(OperationRefused)
    await expect(world.run(office.onDemand.fold('concerts', 7))).rejects.toThrow('no partition 7')
    await expect(world.run(office.onDemand.react('unknown'))).rejects.toThrow(OperationRefused)
  })

  it('asks the store for nothing between calls', async () => {
    const world = await World.make(PARTITIONS)
    const asked: string[] = []
    const office = await Process.start(world, { faults: counting(asked) })
    await office.execute(...some)
    await office.foldAll()
    await world.run(office.onDemand.react('confirm'))
    await office.documents()
    asked.length = 0
    await world.clock.advance(HOUR)
    expect(asked).toEqual([])
  })

  it('asks the store for little: what it left there it need not read again', async () => {
    const world = await World.make()
    const asked: string[] = []
    const office = await Process.start(world, { faults: counting(asked) })
    await office.execute(...some)
    await office.foldAll()
    asked.length = 0
    expect(await office.foldAll()).toEqual(['caught-up'])
    expect(asked).toEqual(['generations', 'readFeed'])
    await office.execute(buy('6', 'a'))
    asked.length = 0
    await office.foldAll()
    expect(asked).toEqual(['generations', 'readFeed', 'save'])
  })

  it('asks it for little more where documents belong to several partitions', async () => {
    const world = await World.make(PARTITIONS)
    const asked: string[] = []
    const office = await Process.start(world, { faults: counting(asked) })
    await office.execute(...some)
    await office.foldAll()
    await office.execute(buy('6', 'a'))
    asked.length = 0
    await world.run(office.onDemand.fold('concerts', partitionOf('ticket-6', PARTITIONS)))
    expect(asked).toEqual(['generations', 'readFeed', 'load', 'save', 'loadWaiting'])
  })

  it('does not begin after the application was stopped, and ends before it is', async () => {
    const world = await World.make()
    const office = await Process.start(world)
    await office.execute(...some)
    const fold = office.onDemand.fold('concerts', 0)
    await world.run(office.runtime.stop())
    expect(['caught-up', 'more']).toContain(await fold)
    await expect(world.run(office.onDemand.fold('concerts', 0))).rejects.toThrow(UnavailableError)
  })
})
