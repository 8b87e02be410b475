import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { aggregate, app, reject } from '../definitions/index.ts'
import { type Append, type EventStore, noLimits } from '../ports/index.ts'
import { UnavailableError, UndecodableEventError } from './errors.ts'
import type { RuntimeOptions } from './options.ts'
import type { Outcome } from './types.ts'
import { broken, type Faults, gate, World } from './world.fixture.ts'

const Seat = aggregate('seat', {
  events: { Noted: z.object({ text: z.string() }), Paid: z.object({ amount: z.int() }) },
  initialState: [] as readonly string[],
})
  .evolve({ Noted: (notes, { text }) => [...notes, text], Paid: (notes, { amount }) => [...notes, `paid ${amount}`] })
  .commands({
    note: { input: z.object({ text: z.string() }), decide: (_, data) => ({ type: 'Noted', data }) },
    claim: {
      input: z.object({ text: z.string() }),
      decide: (notes, data) => (notes.length > 0 ? reject('taken', 'Taken') : { type: 'Noted', data }),
    },
    look: { input: z.object({}), decide: () => undefined },
    insist: {
      input: z.object({ on: z.string() }),
      decide: (notes, { on }) => {
        if (!notes.includes(on)) throw new Error(`no ${on}`)
        return { type: 'Noted', data: { text: 'insisted' } }
      },
    },
  })

const Payer = aggregate('payer', { events: { Sent: z.object({ amount: z.int() }) }, initialState: 0 })
  .evolve({ Sent: (sent, { amount }) => sent + amount })
  .commands({
    send: { input: z.object({ amount: z.int() }), decide: (_, data) => ({ type: 'Sent', data }) },
    pay: {
      input: z.object({ seat: z.string(), amount: z.int() }),
      writes: { to: Seat.at('seat') },
      decide: (_, { amount }, { to }) => [{ type: 'Sent', data: { amount } }, to.event('Paid', { amount })],
    },
    share: {
      input: z.object({ a: z.string(), b: z.string(), c: z.string() }),
      writes: { a: Seat.at('a'), b: Seat.at('b'), c: Seat.at('c') },
      decide: (_, __, seats) => [
        { type: 'Sent', data: { amount: 3 } },
        ...[seats.a, seats.b, seats.c].map((seat) => seat.event('Paid', { amount: 1 })),
      ],
    },
  })

const seats = app('seats', { routes: {}, aggregates: [Seat, Payer] })
const { note, claim, look, insist } = Seat.commands
const { send, pay, share } = Payer.commands

/** A runtime on a store of its own, with some methods of its event store replaced. */
async function start(events?: Faults['events'], options: Partial<RuntimeOptions> = {}) {
  const world = await World.make()
  const runtime = await world.start(seats, events ? { events } : {}, options)
  return { world, runtime, run: <T>(work: Promise<T>) => world.run(work) }
}

const versionOf = (outcome: Outcome) => (outcome.outcome === 'accepted' ? outcome.version : outcome.outcome)

describe('commands of one stream', () => {
  test('share an append, and are decided in the order in which they came', async () => {
    const groups: number[] = []
    const { run, runtime } = await start((events) => ({
      append: (group) => {
        groups.push(group.length)
        return events.append(group)
      },
    }))
    const texts = ['a', 'b', 'c', 'd']
    const outcomes = await run(Promise.all(texts.map((text) => runtime.execute(note('1', { text })))))
    expect(outcomes.map((outcome) => outcome.outcome === 'accepted' && outcome.state)).toEqual([
      ['a'],
      ['a', 'b'],
      ['a', 'b', 'c'],
      ['a', 'b', 'c', 'd'],
    ])
    expect(groups).toEqual([1])
  })

  test('keep that order when another process wrote first', async () => {
    let late: Promise<Outcome> | undefined
    let onAppend = () => {}
    const { world, run, runtime } = await start((events) => ({
      append: (group) => {
        onAppend()
        return events.append(group)
      },
    }))
    await run(runtime.execute(note('1', { text: 'first' })))
    await world.behind('seat-1', 1, 'Noted', { text: 'theirs' })
    const early = [1, 2].map((index) => runtime.execute(note('1', { text: `early ${index}` })))
    onAppend = () => {
      late ??= runtime.execute(note('1', { text: 'late' }))
    }
    expect((await run(Promise.all(early))).map(versionOf)).toEqual([3, 4])
    expect(await run(late as Promise<Outcome>)).toMatchObject({
      state: ['first', 'theirs', 'early 1', 'early 2', 'late'],
    })
  })

  test('a decision that throws takes only its own command with it', async () => {
    const { run, runtime } = await start()
    const work = [note('1', { text: 'a' }), insist('1', { on: 'z' }), note('1', { text: 'b' })]
    const outcomes = await run(Promise.allSettled(work.map((message) => runtime.execute(message))))
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(outcomes[1]).toMatchObject({ reason: { message: 'no z' } })
    expect(outcomes[2]).toMatchObject({ value: { version: 2, state: ['a', 'b'] } })
  })

  test('G7 a decision that throws on a stale state is made again on the current one', async () => {
    const { world, run, runtime } = await start()
    await run(runtime.execute(note('1', { text: 'first' })))
    await world.behind('seat-1', 1, 'Noted', { text: 'theirs' })
    expect(versionOf(await run(runtime.execute(insist('1', { on: 'theirs' }))))).toBe(3)
  })

  test('a rejection decided on a predecessor of the same batch is answered only after that is durable', async () => {
    const { opened, open } = gate()
    const { world, run, runtime } = await start((events) => ({
      append: async (group) => {
        await opened
        return events.append(group)
      },
    }))
    const answers: string[] = []
    const first = runtime.execute(claim('1', { text: 'mine' })).then(({ outcome }) => answers.push(outcome))
    const second = runtime.execute(claim('1', { text: 'yours' })).then(({ outcome }) => answers.push(outcome))
    await world.clock.settle()
    expect(answers).toEqual([])
    open()
    await run(Promise.all([first, second]))
    expect(answers).toEqual(['accepted', 'rejected'])
  })
})

describe('commands over several streams', () => {
  test('hundreds of them to one stream, from as many others, do not get in each other’s way', async () => {
    let conflicts = 0
    const { run, runtime } = await start((events) => ({
      append: async (group) => {
        const results = await events.append(group)
        conflicts += results.filter(({ outcome }) => outcome === 'conflict').length
        return results
      },
    }))
    const payers = Array.from({ length: 300 }, (_, index) => pay(`${index}`, { seat: 'hot', amount: 1 }))
    const outcomes = await run(Promise.all(payers.map((message) => runtime.execute(message))))
    expect(outcomes.every(({ outcome }) => outcome === 'accepted')).toBe(true)
    expect(conflicts).toBe(0)
    const seen = await run(runtime.execute(look('hot', {})))
    expect(seen).toMatchObject({ version: 300 })
  })

  test('one gets its turn although the stream that it needs is always busy', async () => {
    let isPaid = false
    let busy = 0
    const { run, runtime } = await start((events) => ({
      append: (group) => {
        if (!isPaid && busy++ < 100) void runtime.execute(note('hot', { text: 'busy' }))
        return events.append(group)
      },
    }))
    void runtime.execute(note('hot', { text: 'first' }))
    await run(runtime.execute(pay('1', { seat: 'hot', amount: 1 })))
    isPaid = true
    expect(busy).toBeLessThan(5)
  })

  test('G1 an append that conflicts for ever fails its command at last, and none of those behind it', async () => {
    let theirs = 0
    const { world, run, runtime } = await start((events) => ({
      append: async (group) => {
        const contended = group.some(({ streams }) => streams.some(({ stream }) => stream === 'seat-hot'))
        if (contended) await world.behind('seat-hot', theirs++, 'Noted', { text: 'theirs' })
        return events.append(group)
      },
    }))
    const work = [pay('1', { seat: 'hot', amount: 1 }), send('1', { amount: 2 }), send('1', { amount: 3 })]
    const [lost, ...others] = await run(Promise.allSettled(work.map((message) => runtime.execute(message))))
    expect(lost).toMatchObject({ status: 'rejected', reason: { name: 'UnavailableError' } })
    expect(others).toMatchObject([{ value: { version: 1 } }, { value: { version: 2, state: 5 } }])
    expect(theirs).toBe(40)
    expect(versionOf(await run(runtime.execute(note('2', { text: 'on we go' }))))).toBe(1)
  })

  test('one that rests before it is decided again keeps its process alive', async () => {
    const fixture = fileURLToPath(new URL('resting.fixture.ts', import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, [...process.execArgv, fixture])
    expect(stdout).toBe('accepted\n')
  })

  test('a cache that is too small for all the states of a command does not keep it from being decided', async () => {
    const { run, runtime } = await start(undefined, { cachedStates: 1 })
    for (const version of [1, 2, 3]) {
      expect(versionOf(await run(runtime.execute(share('1', { a: '1', b: '2', c: '3' }))))).toBe(version)
    }
    const messages = Array.from({ length: 20 }, (_, index) => {
      return share(`${index % 5}`, { a: `${index % 3}`, b: `${index % 4}`, c: `${index % 2}` })
    })
    const outcomes = await run(Promise.all(messages.map((message) => runtime.execute(message))))
    expect(outcomes.every(({ outcome }) => outcome === 'accepted')).toBe(true)
  })

  test('a stream that cannot be read fails the commands that need it, not the others of their lane', async () => {
    const { world, run, runtime } = await start()
    await world.raw('seat-bad', 0, 'not JSON')
    const work = [send('1', { amount: 1 }), pay('1', { seat: 'bad', amount: 1 }), send('1', { amount: 2 })]
    const [first, bad, last] = await run(Promise.allSettled(work.map((message) => runtime.execute(message))))
    expect([first, last]).toMatchObject([{ value: { version: 1 } }, { value: { version: 2 } }])
    expect(bad).toMatchObject({ status: 'rejected', reason: expect.any(UndecodableEventError) })
  })
})

describe('where the store takes two groups side by side', () => {
  /** A runtime with 300 commands of as many streams, whose groups the store holds back. */
  async function holdingTwo() {
    const [both, release] = [gate(), gate()]
    const sizes: number[] = []
    const { run, runtime } = await start((events) => ({
      limits: { ...noLimits, groups: 2 },
      append: async (group) => {
        if (sizes.push(group.length) === 2) both.open()
        await release.opened
        return events.append(group)
      },
    }))
    const callers = Array.from({ length: 300 }, (_, index) => index)
    const notes = Promise.all(callers.map((caller) => runtime.execute(note(`${caller}`, { text: 'a' }))))
    await run(both.opened)
    return { run, runtime, notes, release: release.open, sizes }
  }

  test('another is decided while one is written, when there are commands enough', async () => {
    const { run, notes, release, sizes } = await holdingTwo()
    release()
    for (const outcome of await run(notes)) expect(outcome).toMatchObject({ outcome: 'accepted', version: 1 })
    expect(sizes).toEqual([150, 150])
  })

  test('G1 commands over several streams wait until no other group is under way', async () => {
    const { run, runtime, notes, release, sizes } = await holdingTwo()
    const paid = runtime.execute(pay('1', { seat: '7', amount: 5 }))
    release()
    await run(notes)
    expect(await run(paid)).toMatchObject({ outcome: 'accepted' })
    expect(sizes).toEqual([150, 150, 1])
    expect(await run(runtime.execute(look('7', {})))).toMatchObject({ state: ['a', 'paid 5'] })
  })
})

describe('when the store fails', () => {
  const failing = (fails: (group: readonly Append[], events: EventStore) => Promise<void>) =>
    start((events) => {
      let failures = 1
      return {
        append: async (group) => {
          if (failures-- > 0) await fails(group, events)
          return events.append(group)
        },
      }
    })

  test('G3 nobody is told yes, and the next command is decided on what is really there', async () => {
    const { run, runtime } = await failing(async (group, events) => {
      await events.append(group)
      await broken()
    })
    const [lost] = await run(Promise.allSettled([runtime.execute(note('1', { text: 'a' }))]))
    expect(lost).toMatchObject({ status: 'rejected', reason: expect.any(UnavailableError) })
    expect(lost).toMatchObject({ reason: { cause: { message: 'disk full' } } })
    expect(await run(runtime.execute(note('1', { text: 'b' })))).toMatchObject({ version: 2, state: ['a', 'b'] })
  })

  test('what was queued meanwhile is decided as if nothing had been', async () => {
    let later: Promise<Outcome> | undefined
    const { run, runtime } = await failing(async () => {
      later = runtime.execute(note('1', { text: 'b' }))
      await broken()
    })
    const lost = runtime.execute(note('1', { text: 'a' })).catch(() => 'lost')
    expect(await run(lost)).toBe('lost')
    expect(await run(later as Promise<Outcome>)).toMatchObject({ version: 1, state: ['b'] })
  })

  test('a state that cannot be loaded fails its commands only, and is asked for again', async () => {
    let failures = 1
    const { run, runtime } = await start((events) => ({
      readStream: async (...place) => {
        if (place[0] === 'seat-1' && failures-- > 0) throw new Error('timeout')
        return events.readStream(...place)
      },
    }))
    const work = [note('1', { text: 'a' }), note('2', { text: 'b' })]
    const [lost, other] = await run(Promise.allSettled(work.map((message) => runtime.execute(message))))
    expect([lost?.status, other?.status]).toEqual(['rejected', 'fulfilled'])
    expect(versionOf(await run(runtime.execute(note('1', { text: 'a' }))))).toBe(1)
  })
})
