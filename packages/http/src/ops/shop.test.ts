import { beforeEach, describe, expect, test } from 'vitest'
import { after, aggregate, app, policy, projection } from 'weir'
import { memoryEngine } from 'weir/memory'
import { type Runtime, startRuntime } from 'weir/runtime'
import { type VirtualClock, virtualClock } from 'weir/testing'
import * as z from 'zod'
import { createHttpApp } from '../app.ts'
import { opsRoutes } from './routes.ts'

/** What stands in the way of the read model, for as long as it does. */
let unlucky: number | undefined

const Sold = z.object({ amount: z.int() })
const Sale = aggregate('sale', { events: { Sold, Thanked: z.object({}) }, initialState: 0 })
  .evolve({ Sold: (_, { amount }) => amount, Thanked: (amount) => amount })
  .commands({
    sell: { input: Sold, decide: (_, data) => ({ type: 'Sold', data }) },
    thank: { input: z.object({}), decide: () => ({ type: 'Thanked', data: {} }) },
  })

const Sales = projection('sales', { schema: z.object({ id: z.string(), amount: z.int() }) }).create(Sale, {
  Sold: ({ aggregateId, data }) => {
    if (data.amount === unlucky) throw new Error(`${unlucky} brings bad luck`)
    return { id: aggregateId, amount: data.amount }
  },
})

const sayThanks = policy('say-thanks', {}).on(Sale, {
  Sold: ({ aggregateId }) => after('1 day', Sale.commands.thank(aggregateId, {}), { key: aggregateId }),
})

const shop = app('shop', {
  routes: {
    'POST /sales': Sale.commands.sell,
    'GET /sales/:id': Sales.get,
    'POST /replay': Sales.rebuild,
    'GET /replay': Sales.progress,
  },
  projections: [Sales],
  policies: [sayThanks],
})

interface Answered {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: whatever the server says
  readonly body: any
  readonly location: string | null
}

let clock: VirtualClock
let runtime: Runtime
let request: (method: string, path: string, body?: unknown) => Promise<Answered>

beforeEach(async () => {
  unlucky = 13
  clock = virtualClock()
  runtime = await clock.run(startRuntime(shop, { engine: memoryEngine(), clock }))
  const http = createHttpApp({ mounts: [{ base: '/shop', runtime }], operatorKeys: ['key'], clock })
  request = (method, path, body) =>
    clock.run(
      (async () => {
        const headers = { 'x-operator-key': 'key', 'content-type': 'application/json' }
        const answer = await http.request(path, {
          method,
          headers,
          ...(body !== undefined && { body: JSON.stringify(body) }),
        })
        return { status: answer.status, body: await answer.json(), location: answer.headers.get('location') }
      })(),
    )
})

const sell = async (amount: number): Promise<string> => {
  const { body } = await request('POST', '/shop/sales', { amount })
  await clock.run(runtime.settled())
  return body.id
}

/** Asks as an operator, and holds the answer to what the API's own document says. */
async function operate(id: string, names: Record<string, string> = {}, body?: unknown): Promise<Answered> {
  const route = opsRoutes.find((each) => each.id === id)
  if (!route) throw new Error(`There is no operation '${id}'`)
  const path = route.path.replace(/:(\w+)/g, (_, name) => ({ app: 'shop', ...names })[name as string] as string)
  const answered = await request(route.method, path, body)
  expect(answered.status, id).toBe(route.status ?? 200)
  for (const item of route.list ? answered.body : [answered.body]) expect(route.answer.schema.parse(item)).toEqual(item)
  return answered
}

describe('a shop whose read model fails on a sale', () => {
  let stream: string
  const letters = { consumer: 'sales' }
  beforeEach(async () => {
    await sell(1)
    stream = `sale-${await sell(13)}`
  })

  test('has a dead letter, which is seen, tried again in vain, and repaired', async () => {
    const [letter] = (await operate('listDeadLetters')).body
    expect(letter).toMatchObject({ consumer: 'sales', stream, version: 1, error: expect.stringContaining('13 brings') })
    expect((await operate('getProjection', { projection: 'sales' })).body).toMatchObject({ parked: 1 })
    expect((await operate('retryDeadLetter', letters, { stream })).body).toEqual({ outcome: 'parked' })
    unlucky = undefined
    expect((await operate('retryDeadLetter', letters, { stream })).body).toEqual({ outcome: 'applied' })
    expect((await operate('listDeadLetters')).body).toEqual([])
    expect((await request('GET', `/shop/sales/${stream.replace('sale-', '')}`)).body).toMatchObject({ amount: 13 })
  })

  test('has none when it was given up, and it stands who did that and why', async () => {
    expect((await operate('discardDeadLetter', letters, { stream, reason: 'A test sale' })).body).toEqual({
      outcome: 'discarded',
    })
    expect((await operate('listDeadLetters')).body).toEqual([])
    const actor = expect.stringMatching(/^operator:[0-9a-f]{16}$/)
    expect((await operate('listDiscarded')).body).toMatchObject([{ stream, reason: 'A test sale', actor }])
    expect(await request('POST', '/ops/shop/dead-letters/sales/retry', { stream })).toMatchObject({
      status: 404,
      body: { code: 'no-dead-letter' },
    })
  })
})

test('a replay is asked for by a route of the shop, and seen by operators as well', async () => {
  unlucky = undefined
  await sell(1)
  await sell(13)
  const asked = await request('POST', '/shop/replay', {})
  expect(asked).toMatchObject({ status: 202, body: { projection: 'sales' }, location: '/shop/replay' })
  const progress = async () => (await request('GET', asked.location as string)).body
  while ((await progress()).state === 'running') await clock.advance(100)
  expect(await progress()).toMatchObject({ state: 'done', done: 2, total: 2, generation: asked.body.generation })
  const { body } = await operate('getRebuild', { projection: 'sales' })
  expect(body).toMatchObject({ state: 'done', generation: asked.body.generation })
  expect((await operate('listProjections')).body).toMatchObject([{ name: 'sales', generation: body.generation }])
})

test('a shop shows its policies and what they have scheduled', async () => {
  const id = await sell(1)
  expect((await operate('listPolicies')).body).toMatchObject([{ name: 'say-thanks', timers: 1, parked: 0 }])
  expect((await operate('listTimers')).body).toMatchObject([{ policy: 'say-thanks', key: id, stream: `sale-${id}` }])
  expect((await operate('listApps')).body).toMatchObject([{ name: 'shop', base: '/shop', policies: ['say-thanks'] }])
})

test('a consumer that is not there is told from those that are', async () => {
  expect(await request('GET', '/ops/shop/dead-letters?consumer=none')).toMatchObject({
    status: 404,
    body: { code: 'unknown-consumer', detail: expect.stringContaining('sales') },
  })
})
