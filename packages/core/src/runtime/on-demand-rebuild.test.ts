import { beforeEach, describe, expect, it } from 'vitest'
import { UnavailableError } from './errors.ts'
import { BROKEN, buy, counting, Process, type ProcessOptions, pureFold, schedule } from './on-demand.fixture.ts'
import { OperationRefused } from './operations.ts'
import type { AcceptedOutcome, Outcome } from './types.ts'
import { broken, gate, World } from './world.fixture.ts'

const PARTITIONS = 4
const DAY = 24 * 60 * 60 * 1000

const some = [buy('0', 'b'), schedule('a'), buy('1', 'a'), schedule('b'), buy('2', 'a'), buy('3', 'b')]

describe('a rebuild on demand', () => {
  let world: World
  let office: Process
  /** Answers requests, and never folds anything. */
  let desk: Process
  let wanted: string[]

  const startDesk = (options: ProcessOptions = {}) =>
    Process.start(world, { works: false, onRebuildWanted: (projection) => void wanted.push(projection), ...options })
  const partitions = [...Array(PARTITIONS).keys()]
  const foldEach = (by: Process) =>
    Promise.all(partitions.map((each) => world.run(by.onDemand.foldRebuild('concerts', each))))
  const switchOver = (by: Process, milliseconds = 1000) =>
    world.run(by.onDemand.switchOver('concerts', { deadline: world.clock.now() + milliseconds }))
  const prepare = (by: Process) => world.run(by.onDemand.prepare('concerts'))
  const generationOf = async (by: Process) => (await world.run(by.runtime.operations.projections()))[0]?.generation

  beforeEach(async () => {
    world = await World.make(PARTITIONS)
    wanted = []
    office = await Process.start(world)
    desk = await startDesk()
    await office.execute(...some)
    await office.foldAll()
  })

  it('G9 an operator wants it, pieces of it are folded, and readers are led over', async () => {
    expect(await prepare(office)).toEqual({ outcome: 'nothing' })
    expect(await world.run(desk.runtime.operations.rebuild('concerts'))).toMatchObject({ state: 'running' })
    expect(wanted).toEqual(['concerts'])
    expect(await prepare(office)).toEqual({ outcome: 'prepared', generation: 2, partitions })
    expect(await switchOver(office, 0)).toBe('behind')
    expect(await foldEach(office)).toEqual(Array(PARTITIONS).fill('caught-up'))
    const token = await office.execute(buy('4', 'a'))
    await office.foldAll()
    expect(await switchOver(office)).toBe('serving')
    for (const each of [desk, office]) {
      expect(await each.documents(token)).toEqual({ documents: await pureFold(world), consistency: 'reached' })
      expect(await generationOf(each)).toBe(2)
    }
    expect(await switchOver(office)).toBe('nothing')
    expect(await prepare(office)).toEqual({ outcome: 'nothing' })
    expect(await foldEach(office)).toEqual(Array(PARTITIONS).fill('stopped'))
  })

  it('G9 the generation that serves is folded meanwhile, and doorbells fold the new one as soon as that serves', async () => {
    await world.run(desk.runtime.operations.rebuild('concerts'))
    await world.run(office.onDemand.foldRebuild('concerts', 0))
    const token = await office.execute(buy('4', 'a'), schedule('c'))
    await office.foldAll()
    expect(await desk.documents(token)).toEqual({ documents: await pureFold(world), consistency: 'reached' })
    await foldEach(office)
    await switchOver(office)
    const later = await office.execute(buy('5', 'c'))
    await office.foldAll()
    expect(await desk.documents(later)).toEqual({ documents: await pureFold(world), consistency: 'reached' })
  })

  it('G9 what doorbells were folding into the old generation when it changed is in the new one, too', async () => {
    await world.run(desk.runtime.operations.rebuild('concerts'))
    await foldEach(office)
    const [found, changed] = [gate(), gate()]
    let waiting = 0
    const bell = await Process.start(world, {
      faults: {
        readModels: (all) => ({
          open: async (partition) => {
            waiting += 1
            if (waiting === PARTITIONS) found.open()
            await changed.opened
            return all.open(partition)
          },
        }),
      },
    })
    let bought: Promise<Outcome> | undefined
    let folded: Promise<string[]> | undefined
    const switcher = await Process.start(world, {
      faults: {
        readModels: (all) => ({
          serve: async (...place) => {
            bought ??= desk.runtime.execute(buy('4', 'a'))
            await bought
            folded ??= Promise.all(partitions.map((each) => bell.onDemand.fold('concerts', each)))
            await found.opened
            return all.serve(...place).finally(changed.open)
          },
        }),
      },
    })
    expect(await switchOver(switcher)).toBe('serving')
    expect(await world.run(folded as Promise<string[]>)).toEqual(Array(PARTITIONS).fill('caught-up'))
    const { token } = (await bought) as AcceptedOutcome
    expect(await desk.documents(token)).toEqual({ documents: await pureFold(world), consistency: 'reached' })
  })

  it('G9 a process that has been thawed reads what has taken over meanwhile', async () => {
    await world.run(desk.runtime.operations.rebuild('concerts'))
    await foldEach(office)
    await switchOver(office)
    await office.execute(buy('4', 'a'))
    await office.foldAll()
    await world.clock.advance(2 * DAY)
    await world.run(office.onDemand.tidy())
    expect((await desk.documents()).documents).toEqual(await pureFold(world))
  })

  describe('that nobody works on', () => {
    const minutes = (count: number) => count * 60_000
    /** What a process of its own finds so many minutes later. */
    const found = async (after: number) => {
      await world.clock.advance(minutes(after))
      const { onDemand } = await Process.start(world)
      return world.run(onDemand.stalledRebuilds(minutes(5)))
    }

    it('G9 is found by the time that it stands still, whoever looks and however seldom', async () => {
      expect(await found(0)).toEqual([])
      await world.run(desk.runtime.operations.rebuild('concerts'))
      expect(await found(0)).toEqual([])
      expect(await found(60)).toEqual(['concerts'])
      expect([await found(1), await found(3), await found(1)]).toEqual([[], [], ['concerts']])
      await world.run(office.onDemand.foldRebuild('concerts', 0))
      expect([await found(4), await found(4), await found(1)]).toEqual([[], [], ['concerts']])
    })

    it('is none that operators have stopped, or that is done', async () => {
      await world.run(desk.runtime.operations.rebuild('concerts'))
      await world.run(desk.runtime.operations.stopRebuild('concerts'))
      expect([await found(0), await found(60)]).toEqual([[], []])
      await world.run(desk.runtime.operations.rebuild('concerts'))
      expect([await found(0), await found(4)]).toEqual([[], []])
      await foldEach(office)
      await switchOver(office)
      expect([await found(0), await found(60)]).toEqual([[], []])
    })
  })

  it('G9 another process goes on with what a killed one has left', async () => {
    await world.run(desk.runtime.operations.rebuild('concerts'))
    let isKilled = false
    const victim = await Process.start(world, {
      faults: { readModels: (all) => ({ serve: (...args) => (isKilled ? broken() : all.serve(...args)) }) },
    })
    await world.run(victim.onDemand.foldRebuild('concerts', 1))
    isKilled = true
    const killed = switchOver(victim)
    await expect(killed).rejects.toThrow(UnavailableError)
    const next = await Process.start(world)
    expect(await prepare(next)).toMatchObject({ generation: 2 })
    await foldEach(next)
    expect(await switchOver(next)).toBe('serving')
    expect((await desk.documents()).documents).toEqual(await pureFold(world))
  })

  it('G4 several processes fold and switch at the same time', async () => {
    await world.run(desk.runtime.operations.rebuild('concerts'))
    const others = await Promise.all([1, 2].map(() => Process.start(world)))
    const all = [office, ...others]
    await Promise.all(all.map(foldEach))
    const outcomes = await Promise.all(all.map((each) => switchOver(each, 10_000)))
    expect(outcomes).toContain('serving')
    expect(outcomes.every((outcome) => ['serving', 'nothing', 'behind'].includes(outcome))).toBe(true)
    expect(await generationOf(desk)).toBe(2)
    expect((await desk.documents()).documents).toEqual(await pureFold(world))
  })

  it('asks the store for nothing any more when it is done, in any process', async () => {
    const asked: string[] = []
    const worker = await Process.start(world, { faults: counting(asked) })
    const reader = await startDesk({ faults: counting(asked) })
    await world.run(reader.runtime.operations.rebuild('concerts'))
    await foldEach(worker)
    const token = await office.execute(buy('4', 'a'))
    await office.foldAll()
    expect(await switchOver(worker)).toBe('serving')
    expect(await reader.documents(token)).toMatchObject({ consistency: 'reached' })
    await world.clock.advance(1000)
    asked.length = 0
    await world.clock.advance(DAY)
    expect(asked).toEqual([])
  })

  it('shows operators how fast it gets on, though it is folded elsewhere', async () => {
    await world.run(desk.runtime.operations.rebuild('concerts'))
    await world.clock.advance(1000)
    for (const each of partitions) await world.run(office.onDemand.foldRebuild('concerts', each))
    const status = await world.run(desk.runtime.operations.rebuildStatus('concerts'))
    expect(status).toMatchObject({ state: 'running', done: 6, total: 6, secondsLeft: 0 })
    expect(status.eventsPerSecond).toBeGreaterThan(0)
  })

  it('stops when operators say so, and goes on when they do', async () => {
    await world.run(desk.runtime.operations.rebuild('concerts'))
    expect(await world.run(desk.runtime.operations.stopRebuild('concerts'))).toMatchObject({ state: 'stopped' })
    expect(await prepare(office)).toEqual({ outcome: 'stopped' })
    expect(await world.run(office.onDemand.foldRebuild('concerts', 0))).toBe('stopped')
    expect(await switchOver(office)).toBe('stopped')
    await world.run(desk.runtime.operations.rebuild('concerts'))
    expect(wanted).toEqual(['concerts', 'concerts'])
    expect(await prepare(office)).toMatchObject({ generation: 2 })
    await foldEach(office)
    expect(await switchOver(office)).toBe('serving')
  })

  it('is dropped when it is cancelled', async () => {
    await world.run(desk.runtime.operations.rebuild('concerts'))
    await world.run(office.onDemand.foldRebuild('concerts', 0))
    expect(await world.run(desk.runtime.operations.cancelRebuild('concerts'))).toMatchObject({ state: 'cancelled' })
    expect(await prepare(office)).toEqual({ outcome: 'nothing' })
    expect(await world.run(office.onDemand.foldRebuild('concerts', 0))).toBe('stopped')
    expect(await world.engine.readModels.generations('concerts')).toHaveLength(1)
  })

  it('a call is told so whose generation is dropped under its hands', async () => {
    await world.run(desk.runtime.operations.rebuild('concerts'))
    const cancelling = async (method: 'loadWaiting' | 'save') => {
      let isUnderWay = false
      const worker = await Process.start(world, {
        faults: {
          readModels: (all) => ({
            [method]: async (...args: [never, never, never]) => {
              if (isUnderWay) await desk.runtime.operations.cancelRebuild('concerts').catch(() => {})
              return all[method](...args)
            },
          }),
        },
      })
      isUnderWay = true
      return worker
    }
    const folding = await cancelling('save')
    expect(await world.run(folding.onDemand.foldRebuild('concerts', 0))).toBe('stopped')
    await world.run(desk.runtime.operations.rebuild('concerts'))
    expect(await switchOver(await cancelling('loadWaiting'))).toBe('stopped')
  })

  it('G10 is blocked by what is newly parked, until that is accepted by name', async () => {
    let isMended = true
    const clerk = await Process.start(world, { isMended: () => isMended })
    await clerk.execute(schedule(BROKEN))
    await clerk.foldAll()
    isMended = false
    await world.run(desk.runtime.operations.rebuild('concerts'))
    await foldEach(clerk)
    expect(await switchOver(clerk)).toBe('blocked')
    const { operations } = desk.runtime
    const newlyParked = [`concert-${BROKEN}`]
    expect(await world.run(operations.rebuildStatus('concerts'))).toMatchObject({ state: 'blocked', newlyParked })
    await world.run(operations.acceptParked('concerts', newlyParked))
    expect(wanted).toEqual(['concerts', 'concerts'])
    expect(await switchOver(clerk)).toBe('serving')
    expect(await generationOf(desk)).toBe(2)
  })

  it('goes back to the generation before', async () => {
    await world.run(desk.runtime.operations.rebuild('concerts'))
    await foldEach(office)
    await switchOver(office)
    await office.execute(buy('4', 'a'))
    await office.foldAll()
    await world.run(desk.runtime.operations.rollBack('concerts'))
    expect(await prepare(office)).toMatchObject({ generation: 1 })
    await foldEach(office)
    expect(await switchOver(office)).toBe('serving')
    expect(await generationOf(desk)).toBe(1)
    expect((await desk.documents()).documents).toEqual(await pureFold(world))
  })

  it('an operator is told when nobody could be called for it', async () => {
    const deaf = await startDesk({ onRebuildWanted: broken })
    await expect(world.run(deaf.runtime.operations.rebuild('concerts'))).rejects.toThrow(UnavailableError)
    await expect(world.run(deaf.runtime.operations.rebuild('unknown'))).rejects.toThrow(OperationRefused)
    await world.run(desk.runtime.operations.rebuild('concerts'))
    expect(await prepare(office)).toMatchObject({ generation: 2 })
  })

  it('G9 a changed definition is named at its deployment, and what was made by the other one is read meanwhile', async () => {
    const changed = await Process.start(world, { revision: 2 })
    const newDesk = await startDesk({ revision: 2 })
    expect(await world.run(office.onDemand.introduce())).toEqual({ rebuilds: [] })
    expect(await world.run(changed.onDemand.introduce())).toEqual({ rebuilds: ['concerts'] })
    expect(await changed.foldAll()).toEqual(Array(PARTITIONS).fill('frozen'))
    expect((await world.run(changed.onDemand.due())).projections).toEqual([])
    expect(await world.run(newDesk.runtime.readiness())).toMatchObject({ ready: false })
    expect((await newDesk.documents()).documents).toEqual(await pureFold(world))
    expect(await prepare(changed)).toEqual({ outcome: 'prepared', generation: 2, partitions })
    await foldEach(changed)
    expect(await switchOver(changed)).toBe('serving')
    await world.clock.advance(2000)
    await world.run(newDesk.runtime.readiness())
    await world.clock.advance(2000)
    expect(await world.run(newDesk.runtime.readiness())).toEqual({ ready: true, reasons: [] })
    expect(await office.foldAll()).toEqual(Array(PARTITIONS).fill('frozen'))
  })

  it('drops the generation before when its time is over, if somebody looks', async () => {
    await world.run(desk.runtime.operations.rebuild('concerts'))
    await foldEach(office)
    await switchOver(office)
    await world.run(office.onDemand.tidy())
    expect(await world.engine.readModels.generations('concerts')).toHaveLength(2)
    await world.clock.advance(DAY)
    expect(await world.engine.readModels.generations('concerts')).toHaveLength(2)
    await world.run(office.onDemand.tidy())
    expect(await world.engine.readModels.generations('concerts')).toHaveLength(1)
  })
})
