import { engines, graphqlSdl, type Server, serveOn } from '@weir-examples/harness'
import { ClientError, GraphQLClient, gql } from 'graphql-request'
import { createClient } from 'graphql-sse'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { provide } from 'weir'
import { FakeGateway } from './gateway.fixture.ts'
import { PaymentGateway } from './gateway.ts'
import { coffee } from './index.ts'

/** The coffee shop in GraphQL, asked by the clients that people use, over a socket. */

// biome-ignore lint/suspicious/noExplicitAny: the tests look deep into answers
type Data = any

let server: Server
let url: string
let leave: () => Promise<void>

beforeEach(async () => {
  const store = await engines.sqlite()
  server = await serveOn(store, coffee, { services: () => [provide(PaymentGateway, new FakeGateway())] })
  const listening = await server.listen()
  url = `${listening.url}/graphql`
  leave = async () => {
    await listening.close()
    await server.stop()
    store.dispose()
  }
})
afterEach(() => leave())

const ask = (query: string, variables = {}, headers = {}): Promise<Data> =>
  new GraphQLClient(url).request<Data>(query, variables, headers)

const ordering = gql`
  mutation ($customerId: ID!) {
    createOrder(coffeeId: "2", customerId: $customerId, customerName: "Ada") {
      id
      status
      coffee { name price }
    }
  }
`
const place = async (customerId = 'ada-1') => (await ask(ordering, { customerId })).createOrder
const pay = async (orderId: string) =>
  (await ask('mutation ($orderId: ID!) { createPayment(orderId: $orderId) { id status amount } }', { orderId }))
    .createPayment

/** A subscription that has begun: takes changes until one is as wanted, and answers all that it took. */
async function subscribe(query: string, variables: Record<string, unknown> = {}) {
  const begun = Promise.withResolvers<void>()
  const client = createClient({ url, retryAttempts: 0, on: { connected: () => begun.resolve() } })
  const changes = client.iterate<Data>({ query, variables })
  const first = changes.next()
  await Promise.race([begun.promise, first])
  let next: ReturnType<typeof changes.next> | undefined = first
  return async (isWanted: (document: Data) => boolean): Promise<Data[]> => {
    const seen: Data[] = []
    for (;;) {
      const { value, done } = await (next ?? changes.next())
      next = undefined
      if (done) throw new Error('The subscription has ended')
      expect(value.errors).toBeUndefined()
      const [document] = Object.values(value.data as object)
      seen.push(document)
      if (isWanted(document)) return seen
    }
  }
}

test('an order is placed, paid and made, and its customer sees it change', async () => {
  const until = await subscribe(
    'subscription { orderChanged(customerId: "ada-1") { id status paymentStatus fulfilmentId fulfilmentStatus } }',
  )
  await place('bob-1')
  const { id, ...placed } = await place()
  expect(placed).toEqual({ status: 'ORDER_CREATED', coffee: { name: 'Latte', price: 400 } })
  expect(await pay(id)).toEqual({ id: expect.any(String), status: 'PAYMENT_CREATED', amount: 400 })
  const paid = await until(({ fulfilmentId, status }) => fulfilmentId !== null && status === 'ORDER_IN_PROGRESS')
  await ask('mutation ($id: ID!) { completeFulfilment(id: $id, note: "Enjoy") { status note } }', {
    id: paid.at(-1).fulfilmentId,
  })
  const done = await until(
    ({ status, fulfilmentStatus }) => status === 'ORDER_COMPLETED' && fulfilmentStatus === 'FULFILMENT_COMPLETED',
  )
  expect(done.at(-1)).toMatchObject({ id, paymentStatus: 'PAYMENT_SUCCESSFUL' })
  // Nothing of what others have ordered.
  expect(new Set([...paid, ...done].map((order) => order.id))).toEqual(new Set([id]))
})

test('a payment and its fulfilment are seen by id, and by whoever watches all', async () => {
  const { id } = await place()
  const everyFulfilment = await subscribe('subscription { fulfilmentChanged { id orderId status note } }')
  const payment = await pay(id)
  const onePayment = await subscribe('subscription ($id: ID) { paymentChanged(id: $id) { id status note } }', payment)
  const [fulfilment] = (await everyFulfilment(({ orderId }) => orderId === id)).slice(-1)
  expect(fulfilment).toMatchObject({ status: 'FULFILMENT_CREATED', note: null })
  await ask('mutation ($id: ID!) { rejectFulfilment(id: $id, note: "Out of milk") { id status note } }', fulfilment)
  const [rejected] = (await everyFulfilment(({ status }) => status !== 'FULFILMENT_CREATED')).slice(-1)
  expect(rejected).toEqual({ id: fulfilment.id, orderId: id, status: 'FULFILMENT_REJECTED', note: 'Out of milk' })
  const [refunded] = (await onePayment(({ status }) => status === 'PAYMENT_REFUNDED')).slice(-1)
  expect(refunded).toMatchObject({ id: payment.id, note: 'Out of milk' })
})

describe('queries', () => {
  const menu = '{ coffees { id name price description } }'

  test('answer the menu, orders of today, of a day and of a customer, each with what belongs to it', async () => {
    const { id } = await place()
    await place('bob-1')
    await server.runtime.settled()
    expect((await ask(menu)).coffees).toHaveLength(3)
    const { orders, today, none, bobs, order } = await ask(`{
      orders(customerId: "ada-1") { nodes { id customerName date } pageInfo { hasNextPage } }
      today: orders { nodes { id } }
      none: orders(date: "2030-05-01") { nodes { id } }
      bobs: orders(customerId: "bob-1", first: 1) { edges { cursor node { customerId } } }
      order(id: "${id}") { paymentStatus paymentId note coffee { id } }
    }`)
    expect(orders).toEqual({
      nodes: [{ id, customerName: 'Ada', date: expect.any(String) }],
      pageInfo: { hasNextPage: false },
    })
    expect(today.nodes).toHaveLength(2)
    expect(none.nodes).toEqual([])
    expect(bobs.edges).toEqual([{ cursor: expect.any(String), node: { customerId: 'bob-1' } }])
    expect(order).toEqual({ paymentStatus: 'PAYMENT_PENDING', paymentId: null, note: null, coffee: { id: '2' } })
  })

  test('see what was just written, with its token', async () => {
    const { data, extensions } = await new GraphQLClient(url).rawRequest<Data>(ordering, { customerId: 'ada-1' })
    const headers = { 'consistency-token': String((extensions as Data).consistencyToken) }
    const found = await new GraphQLClient(url, { headers }).rawRequest<Data>(
      'query ($id: ID!) { order(id: $id) { id } }',
      {
        id: data.createOrder.id,
      },
    )
    expect(found.data.order).toEqual({ id: data.createOrder.id })
    expect(found.extensions).toEqual({ consistencyStatus: 'reached' })
  })
})

test('a "no" of the application is an error with its code', async () => {
  const { id } = await place()
  const cancelling = 'mutation ($id: ID!) { cancelOrder(id: $id, note: "Changed my mind") { id status note } }'
  expect((await ask(cancelling, { id })).cancelOrder).toEqual({
    id,
    status: 'ORDER_CANCELLED',
    note: 'Changed my mind',
  })
  const error = await ask(cancelling, { id }).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ClientError)
  expect((error as ClientError).response).toMatchObject({
    status: 200,
    data: { cancelOrder: null },
    errors: [{ path: ['cancelOrder'], extensions: { code: 'order-cancelled', status: 409 } }],
  })
})

test('the schema is the one that clients were written for', async () => {
  await expect(graphqlSdl(coffee)).toMatchFileSnapshot('schema.graphql')
})
