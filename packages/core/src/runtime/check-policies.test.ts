import { expect, test } from 'vitest'
import * as z from 'zod'
import { type AnyPolicy, type App, after, aggregate, app, policy } from '../definitions/index.ts'
import { checkHistory, type HistoryReport } from './check-history.ts'
import { doJob, Job, Order, PolicyWorld, place } from './policy-shop.fixture.ts'
import type { World } from './world.fixture.ts'

const lapsing = policy('lapsing').on(Order, {
  Placed: ({ aggregateId }) => after('1 day', doJob(aggregateId), { key: aggregateId }),
})

const noting = policy('noting', { attempts: 1 }).on(Order, {
  Placed: ({ data }) => {
    if (data.n === 2) throw new Error('nobody can note that')
  },
})

/** A shop that was running with these policies, with two orders: one of them the policy `noting` cannot take. */
async function recorded(...policies: readonly AnyPolicy[]): Promise<World> {
  const shop = await PolicyWorld.start(policies)
  await shop.settle(place('1', 1), place('2', 2))
  await shop.stop()
  return shop.world
}

const shop = (policies: readonly AnyPolicy[] = [], aggregates: App['aggregates'] = [Order, Job]) =>
  app('shop', { routes: {}, policies, aggregates })

async function found({ engine, clock }: World, now: App): Promise<HistoryReport['policies']> {
  return (await checkHistory(now, { engine, clock })).policies
}

test('timers and parked streams that the application can do something about are nothing to tell', async () => {
  expect(await found(await recorded(lapsing, noting), shop([lapsing, noting]))).toEqual([])
})

test('timers whose command is gone are told, those of one command together', async () => {
  const Idle = aggregate('job', { events: { Done: z.object({ n: z.int() }) }, initialState: 0 })
    .evolve({ Done: (count) => count })
    .commands({})
  const gone = { policy: 'lapsing', command: 'job.do', timers: 2, streams: 0 }
  expect(await found(await recorded(lapsing), shop([lapsing], [Order, Idle]))).toEqual([gone])
  expect(await found(await recorded(lapsing), shop([lapsing], [Order]))).toEqual([gone])
})

test('a policy that is gone is told with what it has left', async () => {
  expect(await found(await recorded(lapsing, noting), shop())).toEqual([
    { policy: 'lapsing', command: undefined, timers: 2, streams: 0 },
    { policy: 'noting', command: undefined, timers: 0, streams: 1 },
  ])
})

test('a policy that is gone and has left nothing is not told', async () => {
  const idle = policy('idle').on(Order, { Placed: () => undefined })
  expect(await found(await recorded(idle), shop())).toEqual([])
})

test('the start warns of policies that are gone and have left something', async () => {
  const world = await recorded(lapsing, noting)
  const warned: unknown[] = []
  const logger = {
    debug: () => {},
    info: () => {},
    warn: (fields: object, message: string) => warned.push([fields, message]),
    error: () => {},
  }
  const runtime = await world.start(shop([noting]), {}, { logger })
  expect(warned).toContainEqual([{ app: 'shop', policy: 'lapsing' }, expect.stringContaining('left timers')])
  expect(warned).not.toContainEqual([{ app: 'shop', policy: 'noting' }, expect.stringContaining('left timers')])
  await world.run(runtime.stop())
})
