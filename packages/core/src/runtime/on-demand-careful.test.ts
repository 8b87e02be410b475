import { describe, expect, it } from 'vitest'
import { partitionOf } from '../ports/index.ts'
import { buy, mailsIn, mortal, Process, type ProcessOptions, pureFold, schedule } from './on-demand.fixture.ts'
import type { WorkOptions } from './on-demand.ts'
import { World } from './world.fixture.ts'

const POISON = 'poison'
const PARTITIONS = 4
const QUARTER = 15 * 60 * 1000

/** A process that is killed by whatever is given to `bite` and is poison. */
async function victim(world: World, make: (bite: (id: string) => void) => ProcessOptions): Promise<Process> {
  const { faults, kill } = mortal()
  const bite = (id: string) => {
    if (id === POISON) kill()
  }
  return Process.start(world, { faults, ...make(bite) })
}

/** Makes a call, which is known to have ended if it was not killed. */
async function called<T>(world: World, call: Promise<T>): Promise<T | 'killed'> {
  let answer: T | 'killed' = 'killed'
  void call.then((given) => {
    answer = given
  })
  await world.clock.advance(1000)
  return answer
}

const parked = { error: expect.stringContaining('parked without being read'), attempts: 1 }

describe('G10 what kills its process', () => {
  const projecting = (world: World) => victim(world, (bite) => ({ onScheduled: bite }))
  const fold = async (world: World, by: Process, options?: WorkOptions) =>
    called(world, by.onDemand.fold('concerts', 0, options))

  it('is parked unread by a projection that was begun on it twice, and the rest goes on', async () => {
    const world = await World.make()
    const office = await Process.start(world)
    await office.execute(schedule('a'), buy('1', 'a'), schedule(POISON), schedule('b'), buy('2', 'b'))
    expect(await fold(world, await projecting(world))).toBe('killed')
    expect(await fold(world, await projecting(world), { careful: true })).toBe('killed')
    expect((await office.documents()).documents).toMatchObject([{ id: 'a', sold: 1 }])
    expect(await fold(world, await projecting(world), { careful: true })).toBe('killed')
    expect(await fold(world, await projecting(world), { careful: true })).toBe('caught-up')
    const rest = (await pureFold(world)).filter(({ id }) => id !== POISON)
    expect((await office.documents()).documents).toEqual(rest)
    const { operations } = office.runtime
    const letter = { consumer: 'concerts', stream: `concert-${POISON}`, version: 1, ...parked }
    expect(await world.run(operations.deadLetters())).toMatchObject([letter])
  })

  it('is read no more: also calls without care go on, and it can be given up or tried again', async () => {
    const world = await World.make()
    const office = await Process.start(world)
    await office.execute(schedule(POISON), schedule('b'))
    const once = { careful: { begun: 1 } }
    expect(await fold(world, await projecting(world), once)).toBe('killed')
    expect(await fold(world, await projecting(world), once)).toBe('caught-up')
    await office.execute(schedule('c'))
    expect(await fold(world, await projecting(world))).toBe('caught-up')
    const retry = office.runtime.operations.retry('concerts', { stream: `concert-${POISON}` })
    expect(await world.run(retry)).toBe('applied')
    expect((await office.documents()).documents).toEqual(await pureFold(world))
  })

  it('is not what was in hand when a call only ran out of time, or failed in the store', async () => {
    const world = await World.make()
    let isBroken = false
    const office = await Process.start(world, {
      faults: {
        readModels: (all) => ({
          save: (partition, ...rest) =>
            isBroken && partition.model === 'concerts'
              ? Promise.reject(new Error('disk full'))
              : all.save(partition, ...rest),
        }),
      },
    })
    await office.execute(schedule('a'), schedule('b'))
    isBroken = true
    for (let n = 0; n < 4; n += 1)
      await expect(world.run(office.onDemand.fold('concerts', 0, { careful: true }))).rejects.toThrow()
    isBroken = false
    expect(await fold(world, office, { careful: true })).toBe('caught-up')
    expect((await office.documents()).documents).toEqual(await pureFold(world))
  })

  it('is found among what waits for a document of another partition', async () => {
    const world = await World.make(PARTITIONS)
    const office = await Process.start(world)
    const own = partitionOf(`concert-${POISON}`, PARTITIONS)
    const ticket = [...'12345678'].find((id) => partitionOf(`ticket-${id}`, PARTITIONS) !== own) as string
    const partition = partitionOf(`ticket-${ticket}`, PARTITIONS)
    await office.execute(buy(ticket, POISON))
    await office.foldAll()
    await office.execute(schedule(POISON))
    const folding = async (of: number, options?: WorkOptions) => {
      const process = await victim(world, (onBought) => ({ onBought }))
      return called(world, process.onDemand.fold('concerts', of, options))
    }
    expect(await folding(own, { careful: true })).toBe('caught-up')
    expect(await folding(partition)).toBe('killed')
    expect(await folding(partition, { careful: true })).toBe('killed')
    expect(await folding(partition, { careful: true })).toBe('killed')
    expect(await folding(partition, { careful: true })).toBe('caught-up')
    expect(await folding(partition)).toBe('caught-up')
    const letters = await world.run(office.runtime.operations.deadLetters())
    expect(letters).toMatchObject([{ stream: `ticket-${ticket}`, document: POISON, ...parked }])
    await world.run(office.runtime.operations.retry('concerts', { stream: `ticket-${ticket}`, document: POISON }))
    expect((await office.documents()).documents).toEqual(await pureFold(world))
  })

  it('is not what waits for a document of another partition and does no harm', async () => {
    const world = await World.make(PARTITIONS)
    const office = await Process.start(world)
    const tickets = Array.from({ length: 8 }, (_, n) => buy(`${n}`, 'late'))
    await office.execute(...tickets)
    await office.foldAll()
    await office.execute(schedule('late'))
    const own = partitionOf('concert-late', PARTITIONS)
    await world.run(office.onDemand.fold('concerts', own, { careful: true }))
    for (const { partition } of (await world.run(office.onDemand.due())).projections) {
      await world.run(office.onDemand.fold('concerts', partition, { careful: true }))
    }
    expect((await office.documents()).documents).toEqual(await pureFold(world))
    expect((await world.run(office.onDemand.due())).projections).toEqual([])
  })

  it('is parked unread by a policy that was begun on it twice, and the rest goes on', async () => {
    const world = await World.make()
    const office = await Process.start(world)
    await office.execute(buy('1', 'a'), buy(POISON, 'a'), buy('2', 'a'))
    const reacting = async (options?: WorkOptions) => {
      const process = await victim(world, (post) => ({ post }))
      return called(world, process.onDemand.react('confirm', options))
    }
    expect(await reacting()).toBe('killed')
    expect(await reacting({ careful: true })).toBe('killed')
    expect(await reacting({ careful: true })).toBe('killed')
    expect(await reacting({ careful: true })).toMatchObject({ outcome: 'caught-up' })
    expect(await mailsIn(world)).toEqual({ 1: 1, 2: 1 })
    const letters = await world.run(office.runtime.operations.deadLetters())
    expect(letters).toMatchObject([{ consumer: 'confirm', stream: `ticket-${POISON}`, version: 1, ...parked }])
    await office.execute(buy('3', 'a'))
    expect(await reacting()).toMatchObject({ outcome: 'caught-up' })
    await world.run(office.runtime.operations.retry('confirm', { stream: `ticket-${POISON}` }))
    expect(await mailsIn(world)).toEqual({ 1: 1, 2: 1, 3: 1, [POISON]: 1 })
  })

  it('is not an event whose handler only fails, however often', async () => {
    const world = await World.make()
    let calls = 0
    const post = () => {
      calls += 1
      if (calls < 4) throw new Error('the post is closed')
    }
    const office = await Process.start(world, { post })
    await office.execute(buy('1', 'a'))
    for (let n = 0; n < 4; n += 1) {
      await world.run(office.onDemand.react('confirm', { careful: { begun: 1 }, deadline: world.clock.now() + 1 }))
      await world.clock.advance(60_000)
    }
    expect(await mailsIn(world)).toEqual({ 1: 1 })
    expect(await world.run(office.runtime.operations.deadLetters())).toEqual([])
  })

  it('is not what is in hand when another careful call takes over: whoever lost it lives', async () => {
    const world = await World.make()
    const slowly = () => new Promise<void>((resolve) => world.clock.after(1000, resolve))
    const offices = await Promise.all([1, 2].map(() => Process.start(world, { post: slowly })))
    const [office] = offices as [Process]
    await office.execute(buy('1', 'a'), buy('2', 'a'))
    const calls = offices.map(async ({ onDemand }, nr) => {
      await new Promise<void>((resolve) => world.clock.after(300 * nr, resolve))
      return onDemand.react('confirm', { careful: true })
    })
    await world.clock.advance(10_000)
    await world.run(Promise.all(calls))
    expect(await world.run(office.runtime.operations.deadLetters())).toEqual([])
    expect(await mailsIn(world)).toEqual({ 1: 1, 2: 1 })
  })

  it('is found among the timers of a policy', async () => {
    const world = await World.make()
    const office = await Process.start(world)
    await office.execute(schedule('a'), schedule(POISON), schedule('b'))
    await world.run(office.onDemand.react('close'))
    await world.clock.advance(QUARTER)
    const firing = async (options?: WorkOptions) => {
      const { faults } = mortal({ deadly: `concert-${POISON}` })
      const process = await Process.start(world, { faults })
      return called(world, process.onDemand.react('close', options))
    }
    expect(await firing()).toBe('killed')
    expect(await firing({ careful: true })).toBe('killed')
    expect(await firing({ careful: true })).toBe('killed')
    expect(await firing({ careful: true })).toMatchObject({ outcome: 'caught-up' })
    const letters = await world.run(office.runtime.operations.deadLetters())
    expect(letters).toMatchObject([{ consumer: 'close', timer: POISON, ...parked }])
    for (const id of ['a', 'b']) expect(await world.events.readStream(`concert-${id}`, 1, 1)).toHaveLength(1)
  })
})
