import { describe, expect, it } from 'vitest'
import { after, policy } from '../definitions/index.ts'
import { UnavailableError } from './errors.ts'
import { buy, counting, mailsIn, Process, schedule } from './on-demand.fixture.ts'
import { doJob, Order, PolicyWorld, place } from './policy-shop.fixture.ts'
import { broken, gate, World } from './world.fixture.ts'

const QUARTER = 15 * 60 * 1000

/** A post that is out of order for its first calls. */
function lamePost(failures: number) {
  let calls = 0
  const post = async () => {
    calls += 1
    if (calls <= failures) throw new Error('the post is closed')
  }
  return { post, calls: () => calls }
}

describe('a policy that reacts on demand', () => {
  it('G5 does nothing before a call, and each thing once after it, whoever is called', async () => {
    const world = await World.make()
    const offices = [await Process.start(world), await Process.start(world)] as const
    await offices[0].execute(schedule('a'), buy('1', 'a'), buy('2', 'a'))
    expect(await mailsIn(world)).toEqual({})
    const answers = await world.run(Promise.all(offices.map(({ onDemand }) => onDemand.react('confirm'))))
    expect(answers).toContainEqual({ outcome: 'caught-up', next: undefined })
    await world.run(offices[1].onDemand.react('confirm'))
    expect(await mailsIn(world)).toEqual({ 1: 1, 2: 1 })
  })

  it('begins with what is recorded after it was made known', async () => {
    const world = await World.make()
    await world.behind('ticket-old', 0, 'Bought', { concert: 'a' })
    const office = await Process.start(world)
    expect(await world.run(office.onDemand.introduce())).toEqual({ rebuilds: [] })
    await office.execute(buy('new', 'a'))
    await world.run(office.onDemand.react('confirm'))
    expect(await mailsIn(world)).toEqual({ new: 1 })
  })

  it('G10 waits for another attempt that is due within a moment', async () => {
    const world = await World.make()
    const { post, calls } = lamePost(2)
    const office = await Process.start(world, { post })
    await office.execute(buy('1', 'a'))
    expect(await world.run(office.onDemand.react('confirm'))).toEqual({ outcome: 'caught-up', next: undefined })
    expect(await mailsIn(world)).toEqual({ 1: 1 })
    expect(calls()).toBe(3)
  })

  it('G10 tells when the next attempt is due, which no call comes before', async () => {
    const world = await World.make()
    const { post, calls } = lamePost(1)
    const office = await Process.start(world, { post })
    await office.execute(buy('1', 'a'))
    const deadline = world.clock.now() + 1
    const { outcome, next } = await world.run(office.onDemand.react('confirm', { deadline }))
    expect(outcome).toBe('caught-up')
    expect(next).toMatchObject({ kind: 'retry' })
    const at = Number(next?.at)
    const other = await Process.start(world, { post })
    expect((await world.run(other.onDemand.due())).policies).not.toContain('confirm')
    const again = await world.run(other.onDemand.react('confirm', { deadline: world.clock.now() + 1 }))
    expect(again.next).toEqual(next)
    expect(calls()).toBe(1)
    await world.clock.advance(at - world.clock.now())
    expect((await world.run(other.onDemand.due())).policies).toContain('confirm')
    await world.run(other.onDemand.react('confirm'))
    expect(await mailsIn(world)).toEqual({ 1: 1 })
  })

  it('G10 parks what fails for good, reacts to the rest, and leaves it parked', async () => {
    const world = await World.make()
    let calls = 0
    const post = (ticket: string) => {
      if (ticket !== 'bad') return
      calls += 1
      throw new Error('no such address')
    }
    const office = await Process.start(world, { post })
    await office.execute(buy('bad', 'a'), buy('1', 'a'))
    expect(await world.run(office.onDemand.react('confirm'))).toMatchObject({ outcome: 'caught-up', next: undefined })
    const other = await Process.start(world, { post })
    await world.run(other.onDemand.react('confirm'))
    expect(calls).toBe(4)
    expect(await mailsIn(world)).toEqual({ 1: 1 })
    expect(await world.run(other.runtime.operations.deadLetters())).toMatchObject([
      { stream: 'ticket-bad', attempts: 4 },
    ])
  })

  it('tells when the next timer is due, and fires it then', async () => {
    const world = await World.make()
    const office = await Process.start(world)
    await office.execute(schedule('a'))
    const at = world.clock.now() + QUARTER
    expect(await world.run(office.onDemand.react('close'))).toEqual({
      outcome: 'caught-up',
      next: { kind: 'timer', at },
    })
    expect((await world.run(office.onDemand.due())).policies).toEqual(['confirm'])
    await world.run(office.onDemand.react('confirm'))
    expect((await world.run(office.onDemand.due())).policies).toEqual([])
    await world.clock.advance(QUARTER)
    const other = await Process.start(world)
    expect((await world.run(other.onDemand.due())).policies).toEqual(['close'])
    await world.run(other.onDemand.react('close'))
    expect((await world.run(world.events.readStream('concert-a', 0, 10))).length).toBe(2)
  })

  it('G5 what time was too short for is done by the next call', async () => {
    const world = await World.make()
    const waiting = gate()
    let isClosed = true
    const office = await Process.start(world, { post: () => (isClosed ? waiting.opened : undefined) })
    await office.execute(buy('1', 'a'), buy('2', 'a'))
    const deadline = world.clock.now() + 1000
    expect(await world.run(office.onDemand.react('confirm', { deadline }))).toMatchObject({ outcome: 'more' })
    isClosed = false
    expect((await world.run(office.onDemand.due())).policies).toContain('confirm')
    await world.run(office.onDemand.react('confirm'))
    expect(await mailsIn(world)).toEqual({ 1: 1, 2: 1 })
  })

  it('fires timers in time, though a handler takes all the time there is', async () => {
    const hanging = policy('slow').on(Order, {
      Placed: ({ aggregateId, data }) =>
        data.n === 1 ? after('1 minute', doJob(aggregateId), { key: aggregateId }) : new Promise(() => {}),
    })
    const shop = await PolicyWorld.start(hanging, { works: 'on demand' })
    const { clock } = shop.world
    const react = () => shop.world.run(shop.react('slow', clock.now() + 20_000))
    await shop.execute(place('a', 1))
    await react()
    await shop.execute(place('b', 2))
    await clock.advance(60_000)
    expect(await react()).toMatchObject({ outcome: 'more' })
    expect(await shop.jobs()).toEqual([['a', 1]])
  })

  it('asks the store for little', async () => {
    const world = await World.make()
    const asked: string[] = []
    const office = await Process.start(world, { faults: counting(asked) })
    asked.length = 0
    await world.run(office.onDemand.react('confirm'))
    expect(asked).toEqual(['generations', 'open', 'loadWaiting', 'readFeed', 'list', 'list'])
    await office.execute(buy('1', 'a'))
    asked.length = 0
    await world.run(office.onDemand.react('confirm'))
    expect(asked.filter((each) => each === 'save').length).toBeLessThanOrEqual(2)
  })

  it('a call rejects when the store goes on failing, and no attempt is counted', async () => {
    const world = await World.make()
    let isBroken = false
    const post = () => {
      isBroken = true
    }
    const office = await Process.start(world, {
      post,
      faults: { events: (events) => ({ append: (group) => (isBroken ? broken() : events.append(group)) }) },
    })
    await office.execute(buy('1', 'a'))
    await expect(world.run(office.onDemand.react('confirm'))).rejects.toThrow(UnavailableError)
    const other = await Process.start(world)
    expect(await world.run(other.onDemand.react('confirm'))).toEqual({ outcome: 'caught-up', next: undefined })
    expect(await mailsIn(world)).toEqual({ 1: 1 })
  })
})
