import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import {
  type AnyProjection,
  type App,
  aggregate,
  app,
  projection,
  rawAggregate,
  versions,
} from '../definitions/index.ts'
import { checkHistory, type HistoryReport } from './check-history.ts'
import { World } from './world.fixture.ts'

const Opened = z.object({ owner: z.string() })
const Paid = z.object({ amount: z.number() })

const accountOf = <Events extends { Opened: z.ZodType; Paid: z.ZodType }>(events: Events) =>
  aggregate('account', { events, initialState: 0 })
    .evolve({ Opened: () => 0, Paid: (count: number) => count + 1 } as never)
    .commands({})

const Account = accountOf({ Opened, Paid })
const document = z.object({ id: z.string(), owner: z.string(), total: z.number() })

const balances = (revision: number, paid = (total: number, amount: number) => total + amount) =>
  projection('balances', { schema: document, revision })
    .create(Account, { Opened: ({ aggregateId, data }) => ({ id: aggregateId, owner: data.owner, total: 0 }) })
    .update(Account, { Paid: (before, { data }) => ({ ...before, total: paid(before.total, data.amount) }) })

const bank = (projections: AnyProjection[] = [balances(1)], more: App['aggregates'] = []): App =>
  app('bank', { routes: {}, projections, aggregates: [Account, ...more] })

/** A bank with two accounts that was running, and was stopped. */
async function recorded(run: App = bank()): Promise<World> {
  const world = await World.make()
  const runtime = await world.start(run)
  await world.behind('account-a', 0, 'Opened', { owner: 'Ann' })
  await world.behind('account-b', 0, 'Opened', { owner: 'Bob' })
  await world.behind('account-b', 1, 'Paid', { amount: 5 })
  await world.run(runtime.settled())
  await world.run(runtime.stop())
  return world
}

function check({ engine, clock }: World, now: App): Promise<HistoryReport> {
  return checkHistory(now, { engine, clock })
}

describe('events', () => {
  test('when all can be read, nothing is found', async () => {
    const { events, findings } = await check(await recorded(), bank())
    expect({ events, findings }).toEqual({ events: 3, findings: [] })
  })

  test('what does not fit its schema any more is told once, with how often and where first', async () => {
    const world = await recorded()
    await world.behind('account-b', 2, 'Paid', { amount: 7 })
    const Stricter = accountOf({ Opened, Paid: z.object({ amount: z.number(), currency: z.string() }) })
    const { findings } = await check(world, app('bank', { routes: {}, aggregates: [Stricter] }))
    expect(findings).toEqual([
      {
        aggregate: 'account',
        type: 'Paid',
        schemaVersion: 1,
        problem: expect.stringMatching(/^the data does not fit its schema: currency: /),
        isReadAsRecorded: true,
        count: 2,
        first: 'account-b@2',
      },
    ])
  })

  test('an upcaster that fails is told with its reason', async () => {
    const refuse = () => {
      throw new Error('no currency is known')
    }
    const Newer = accountOf({ Opened, Paid: versions(Paid).upcast(Paid, refuse) })
    const { findings } = await check(await recorded(), app('bank', { routes: {}, aggregates: [Newer] }))
    expect(findings).toMatchObject([{ type: 'Paid', schemaVersion: 1, problem: 'no currency is known', count: 1 }])
  })

  test('what an upcaster makes and does not fit is told in one line, each field once', async () => {
    const Items = z.object({ amount: z.number(), currency: z.string(), parts: z.array(z.number()) })
    const Paying = versions(Paid).upcast(Items, ({ amount }) => ({ amount, parts: ['a', 'b'] }) as never)
    const { findings } = await check(
      await recorded(),
      app('bank', { routes: {}, aggregates: [accountOf({ Opened, Paid: Paying })] }),
    )
    const problem =
      /^what was made of it does not fit version 2 of its schema: currency: [^\n;]+; parts\.\[\]: [^\n;]+$/
    expect(findings).toMatchObject([{ problem: expect.stringMatching(problem), isReadAsRecorded: false }])
  })

  test('an upcaster that mends old events leaves nothing to be found', async () => {
    const Currency = z.object({ amount: z.number(), currency: z.string() })
    const Newer = accountOf({ Opened, Paid: versions(Paid).upcast(Currency, (old) => ({ ...old, currency: 'EUR' })) })
    const { findings } = await check(await recorded(), app('bank', { routes: {}, aggregates: [Newer] }))
    expect(findings).toEqual([])
  })

  test('types, aggregates and commits that nobody knows are told, but not types of a raw aggregate', async () => {
    const world = await recorded()
    await world.behind('account-a', 1, 'Closed', {})
    await world.behind('payment-1', 0, 'Made', {})
    await world.raw('account-c', 0, 'no JSON')
    await world.behind('inbox-1', 0, 'Anything', {})
    await world.behind('inbox-1', 1, 'Paid', { amount: 'much' })
    const { findings } = await check(world, bank(undefined, [rawAggregate('inbox', { events: { Paid } })]))
    expect(findings.map(({ first, problem }) => [first, problem])).toEqual([
      ['account-c@1', expect.stringContaining('JSON')],
      ['account-a@2', 'the aggregate has no such event'],
      ['inbox-1@2', expect.stringContaining('amount: ')],
      ['payment-1@1', 'the application has no such aggregate'],
    ])
  })
})

describe('projections', () => {
  const nothing = { missing: 0, extra: 0, different: 0, sample: [], newlyParked: [], noLongerParked: [] }

  test('that are folded as they were give the same documents', async () => {
    const { projections } = await check(await recorded(), bank())
    expect(projections).toEqual([{ name: 'balances', definition: 'unchanged', documents: 2, ...nothing }])
  })

  test('whose handler changed without a new revision are told from those with one', async () => {
    const world = await recorded()
    const doubled = (revision: number) => bank([balances(revision, (total, amount) => total + 2 * amount)])
    const difference = { id: 'b', kind: 'different', fields: [{ path: 'total', stored: 5, folded: 10 }] }
    const { projections } = await check(world, doubled(1))
    expect(projections).toMatchObject([{ definition: 'unchanged', different: 1, sample: [difference] }])
    expect((await check(world, doubled(2))).projections).toMatchObject([{ definition: 'changed', different: 1 }])
  })

  test('that nothing is stored of are folded all the same', async () => {
    const others = projection('others', { schema: document }).create(Account, {
      Opened: ({ aggregateId, data }) => ({ id: aggregateId, owner: data.owner, total: 0 }),
    })
    const { projections } = await check(await recorded(), bank([others]))
    expect(projections).toEqual([{ name: 'others', definition: 'new', documents: 2, ...nothing }])
  })

  test('are compared as far as they have come: what was recorded later is no difference', async () => {
    const world = await recorded()
    await world.behind('account-b', 2, 'Paid', { amount: 7 })
    await world.behind('account-c', 0, 'Opened', { owner: 'Cem' })
    expect((await check(world, bank())).projections).toMatchObject([{ documents: 2, ...nothing }])
  })

  test('documents that are there and should not be, and the other way round, are told', async () => {
    const named = (id: string) =>
      projection('balances', { schema: document }).create(Account, {
        Opened: ({ aggregateId, data }) => ({
          id: aggregateId === 'a' ? id : aggregateId,
          owner: data.owner,
          total: 0,
        }),
      })
    const { projections } = await check(await recorded(bank([named('a')])), bank([named('z')]))
    expect(projections).toMatchObject([{ documents: 2, missing: 1, extra: 1, different: 0 }])
    expect(projections[0]?.sample).toEqual([
      { id: 'a', kind: 'extra', fields: [] },
      { id: 'z', kind: 'missing', fields: [] },
    ])
  })

  test('streams that would be parked, or would not be any more, are named', async () => {
    const fails = () => {
      throw new Error('no change')
    }
    const failing = bank([balances(1, fails)])
    const { projections } = await check(await recorded(), failing)
    expect(projections[0]?.newlyParked).toEqual([{ stream: 'account-b', version: 2, error: 'no change' }])
    const mended = await check(await recorded(failing), bank())
    expect(mended.projections[0]).toMatchObject({ newlyParked: [], noLongerParked: ['account-b'] })
    expect((await check(await recorded(failing), failing)).projections[0]).toMatchObject(nothing)
  })

  test('events that were given up stay so', async () => {
    const fails = () => {
      throw new Error('no change')
    }
    const failing = bank([balances(1, fails)])
    const world = await recorded(failing)
    const runtime = await world.start(failing)
    const order = { reason: 'a test', actor: 'ann' }
    await world.run(runtime.operations.discard('balances', { stream: 'account-b' }, order))
    await world.run(runtime.stop())
    expect((await check(world, failing)).projections[0]).toMatchObject(nothing)
  })
})

test('nothing is written, and who watches is told how far it is', async () => {
  const world = await recorded()
  const before = await world.engine.readModels.generations('balances')
  const told: unknown[] = []
  const readModels = new Proxy(world.engine.readModels, {
    get: (store, name) => {
      if (!['models', 'generations', 'list', 'loadWaiting', 'loadDiscarded'].includes(String(name))) {
        throw new Error(`${String(name)} was called`)
      }
      return Reflect.get(store, name).bind(store)
    },
  })
  await checkHistory(bank([balances(2)]), {
    engine: { ...world.engine, readModels },
    onProgress: (progress) => told.push(progress),
  })
  expect(told).toEqual([{ done: 3, total: 3 }])
  expect(await world.engine.readModels.generations('balances')).toEqual(before)
})
