import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { type AnyProjection, aggregate, app, projection } from '../definitions/index.ts'
import { silentLogger } from '../ports/index.ts'
import { UnavailableError } from './errors.ts'
import { broken, gate, World } from './world.fixture.ts'

const Counter = aggregate('counter', { events: { Counted: z.object({}) }, initialState: 0 })
  .evolve({ Counted: (total) => total + 1 })
  .commands({ count: { input: z.object({}), decide: () => ({ type: 'Counted', data: {} }) } })

const { count } = Counter.commands

const totals = (name: string): AnyProjection =>
  projection(name, { schema: z.object({ id: z.string(), total: z.int() }), indexes: ['total'] }).upsert(Counter, {
    Counted: (document, { aggregateId }) => ({ id: aggregateId, total: (document?.total ?? 0) + 1 }),
  })

const Totals = totals('totals')
const counters = app('counters', { routes: {}, projections: [Totals] })

describe('starting', () => {
  test('does not leave half of an application running when a projection cannot start', async () => {
    const world = await World.make()
    let opened = 0
    let closed = 0
    let reads = 0
    const both = app('both', { routes: {}, projections: [totals('one'), totals('two')] })
    const starting = world.start(both, {
      readModels: (store) => ({ open: (model) => (++opened === 2 ? broken() : store.open(model)) }),
      events: (store) => ({
        readFeed: (...place) => {
          reads += 1
          return store.readFeed(...place)
        },
      }),
      engine: {
        close: async () => {
          closed += 1
        },
      },
    })
    await expect(starting).rejects.toThrow('disk full')
    await world.clock.advance(60_000)
    expect([closed, reads]).toEqual([1, 0])
  })
})

describe('stopping', () => {
  test('answers what is under way, then refuses commands and reads in plain words', async () => {
    const world = await World.make()
    const runtime = await world.start(counters)
    const commands = Array.from({ length: 10 }, () => runtime.execute(count('1', {})))
    const stopped = runtime.stop()
    const outcomes = await world.run(Promise.all(commands))
    expect(outcomes.map((outcome) => outcome.outcome === 'accepted' && outcome.version)).toContain(10)
    await world.run(stopped)
    for (const late of [
      runtime.execute(count('1', {})),
      runtime.get(Totals, '1'),
      runtime.list(Totals),
      runtime.settled(),
    ]) {
      await expect(late).rejects.toThrow(/stopping/)
      await expect(late).rejects.toBeInstanceOf(UnavailableError)
    }
  })

  test('does not wait for reads that wait: they are refused', async () => {
    const world = await World.make()
    const { opened, open } = gate()
    const runtime = await world.start(counters, {
      events: (store) => ({
        readFeed: async (...place) => {
          await opened
          return store.readFeed(...place)
        },
      }),
    })
    const outcome = await world.run(runtime.execute(count('1', {})))
    const token = outcome.outcome === 'accepted' ? outcome.token : ''
    const waiting = Promise.allSettled([runtime.get(Totals, '1', { token }), runtime.settled()])
    await Promise.resolve()
    const stopped = runtime.stop()
    open()
    await world.run(stopped)
    for (const read of await waiting) {
      if (read.status === 'rejected') expect(read.reason).toBeInstanceOf(UnavailableError)
    }
    expect(world.clock.now()).toBe(Date.parse('2030-01-01T00:00:00Z'))
  })

  test('twice is the same as once', async () => {
    let closed = 0
    const world = await World.make()
    const close = async () => {
      closed += 1
    }
    const runtime = await world.start(counters, { engine: { close } })
    await world.run(Promise.all([runtime.stop(), runtime.stop()]))
    await world.run(runtime.stop())
    expect(closed).toBe(1)
  })
})

/** What a store says that cannot be used. */
const brokenAt = () => Promise.reject(new Error('/data/box-office.db: disk full'))

describe('readiness', () => {
  test('looks at the store once a second, however often it is asked', async () => {
    const world = await World.make()
    let checks = 0
    const check = async () => {
      checks += 1
      if (checks === 2) await broken()
    }
    const runtime = await world.start(counters, { engine: { check } })
    await world.run(runtime.settled())
    await world.clock.settle()
    const ask = async () => (await Promise.all([1, 2, 3].map(() => runtime.readiness()))).map(({ ready }) => ready)
    expect([await ask(), checks]).toEqual([[true, true, true], 1])
    await world.clock.advance(999)
    expect([await ask(), checks]).toEqual([[true, true, true], 1])
    await world.clock.advance(1)
    expect([await ask(), checks]).toEqual([[false, false, false], 2])
    await world.clock.advance(1000)
    expect([await ask(), checks]).toEqual([[true, true, true], 3])
  })

  test('is there when every projection has seen what was recorded when it started', async () => {
    const world = await World.make()
    await world.behind('counter-1', 0, 'Counted', {})
    const { opened, open } = gate()
    const runtime = await world.start(counters, {
      events: (store) => ({
        readFeed: async (...place) => {
          await opened
          return store.readFeed(...place)
        },
      }),
    })
    expect(await runtime.readiness()).toEqual({ ready: false, reasons: ["projection 'totals' is catching up"] })
    open()
    await world.run(runtime.settled())
    await world.clock.settle()
    expect(await runtime.readiness()).toEqual({ ready: true, reasons: [] })
  })

  test('is gone while a projection cannot go on, or the store cannot be used', async () => {
    const world = await World.make()
    const said: string[] = []
    const error = ({ app, err }: Record<string, unknown>) => said.push(`${app}: ${(err as Error).message}`)
    const faults = { readModels: () => ({ save: brokenAt }), engine: { check: brokenAt } }
    const runtime = await world.start(counters, faults, { logger: { ...silentLogger, error } })
    await world.run(runtime.execute(count('1', {})))
    await world.clock.advance(10)
    const reasons = ["projection 'totals' cannot go on; see the log", 'the store cannot be used; see the log']
    expect(await runtime.readiness()).toEqual({ ready: false, reasons })
    const line = 'counters: /data/box-office.db: disk full'
    expect(said).toEqual([line, line])
  })
})

describe('who observes a read model', () => {
  test('is told which documents may have changed: each that has', async () => {
    const world = await World.make()
    const runtime = await world.start(counters)
    await world.run(runtime.execute(count('1', {})))
    await world.run(runtime.settled())
    const told: (readonly string[] | 'any')[] = []
    const end = runtime.observe(Totals, (ids) => told.push(ids ? [...ids] : 'any'))
    await world.run(Promise.all([runtime.execute(count('2', {})), runtime.execute(count('3', {}))]))
    await world.run(runtime.settled())
    expect(told).not.toContain('any')
    expect(new Set(told.flat())).toEqual(new Set(['2', '3']))
    end()
    await world.run(runtime.stop())
  })

  test('is told that any may have changed when its store has failed, and when it has been opened again', async () => {
    const world = await World.make()
    let mustFail = false
    const runtime = await world.start(counters, {
      readModels: (store) => ({
        save: async (...changes) => {
          const outcome = await store.save(...changes)
          if (!mustFail) return outcome
          mustFail = false
          return broken()
        },
      }),
    })
    await world.run(runtime.settled())
    const told: unknown[] = []
    runtime.observe(Totals, (ids) => told.push(ids ? 'some' : 'any'))
    mustFail = true
    await world.run(runtime.execute(count('1', {})))
    await world.run(runtime.settled())
    expect(told.filter((each) => each === 'any').length).toBeGreaterThan(1)
    await world.run(runtime.stop())
  })
})
