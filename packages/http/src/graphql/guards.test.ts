import { describe, expect, test } from 'vitest'
import { cafe } from '../../test/cafe.ts'
import { type Answers, fakeRuntime } from '../../test/fake-runtime.ts'
import { createHttpApp } from '../app.ts'

/** The café asks for a key, but for its menu. */

function open(answers: Answers = {}) {
  const { runtime, asked } = fakeRuntime(cafe, answers)
  const http = createHttpApp({ mounts: [{ base: '', runtime }], apiKeys: ['right'] })
  const ask = async (query: string, headers: Record<string, string> = {}) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers } }
    const answer = await http.request('/graphql', { ...init, body: JSON.stringify({ query }) })
    // biome-ignore lint/suspicious/noExplicitAny: the tests look deep into answers
    const { data, errors = [] } = (await answer.json()) as any
    return { data, errors: errors.map(({ path, extensions: { code, status } }: never) => [String(path), code, status]) }
  }
  return { ask, asked }
}

const rightKey = { 'x-api-key': 'right' }

describe('a guarded field', () => {
  test('is answered to who has the key', async () => {
    const { ask } = open({ get: () => ({ document: { id: '1' }, version: 1, consistency: undefined }) })
    expect(await ask('{ order(id: "1") { id } }', rightKey)).toEqual({ data: { order: { id: '1' } }, errors: [] })
  })

  test('is null to all others, and nothing is read, while those that everybody may see are answered', async () => {
    const { ask, asked } = open()
    const query = '{ coffees { id } order(id: "1") { id } orders { nodes { id } } ordersProgress { state } }'
    for (const [headers, code, status] of [
      [{}, 'api-key-missing', 401],
      [{ 'x-api-key': 'wrong' }, 'api-key-wrong', 403],
    ] as const) {
      expect(await ask(query, headers)).toEqual({
        data: { coffees: [{ id: '1' }], order: null, orders: null, ordersProgress: null },
        errors: expect.arrayContaining(['order', 'orders', 'ordersProgress'].map((path) => [path, code, status])),
      })
    }
    expect(asked).toEqual({ execute: [], get: [], list: [], operations: [] })
  })

  test('executes nothing for who has no key, and else records who asked', async () => {
    const { ask, asked } = open()
    const placing = 'mutation { placeOrder(customerId: "ada", date: "2030-01-01") { id } rebuildOrders { generation } }'
    expect((await ask(placing)).errors).toEqual([
      ['placeOrder', 'api-key-missing', 401],
      ['rebuildOrders', 'api-key-missing', 401],
    ])
    expect(asked).toMatchObject({ execute: [], operations: [] })
    await ask(placing, rightKey)
    expect(asked.execute[0]?.options?.actor).toMatch(/^api-key:[0-9a-f]{16}$/)
  })

  test('is not subscribed to either', async () => {
    const { ask } = open()
    const { errors } = await ask('subscription { orderChanged { id } }', { accept: 'application/json' })
    expect(errors).toEqual([['undefined', 'not-acceptable', 406]])
  })
})

test('a rebuild is begun, and its progress told', async () => {
  const status = {
    projection: 'orders',
    generation: 2,
    state: 'running',
    done: 5,
    total: 10,
    eventsPerSecond: 2.5,
  } as const
  const { ask } = open({
    operations: { rebuild: async () => status as never, rebuildStatus: async () => status as never },
  })
  const begun = await ask('mutation { rebuildOrders { projection generation } }', rightKey)
  expect(begun.data.rebuildOrders).toEqual({ projection: 'orders', generation: 2 })
  const told = await ask('{ ordersProgress { state done total eventsPerSecond secondsLeft } }', rightKey)
  expect(told.data.ordersProgress).toEqual({
    state: 'running',
    done: 5,
    total: 10,
    eventsPerSecond: 2.5,
    secondsLeft: null,
  })
})

test('the id of a payment follows from its order, and lists of today are of today', async () => {
  const { ask, asked } = open()
  await ask('mutation { a: payPayment(orderId: "o-1") { id } b: payPayment(orderId: "o-1") { id } }', rightKey)
  expect(asked.execute[0]?.id).toBe(asked.execute[1]?.id)
  await ask('{ orders { nodes { id } } }', rightKey)
  const date = new Date().toISOString().slice(0, 10)
  expect(asked.list[0]?.filters).toEqual([{ field: 'date', operator: 'eq', value: date }])
  expect((await ask('{ orders(date: "2030-01-01", customerId: "ada") { nodes { id } } }', rightKey)).errors).toEqual([
    ['orders', 'invalid-input', 400],
  ])
})
