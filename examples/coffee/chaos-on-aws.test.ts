import { isOnAws } from '@weir-examples/harness'
import {
  CallerDies,
  type CloudServer,
  comeAgainAtOnce,
  comeTwice,
  type Death,
  historyOn,
  serveOnAws,
} from '@weir-examples/harness/aws'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { derivedIdOf, provide } from 'weir'
import { customersOf } from './customers.fixture.ts'
import { FakeGateway } from './gateway.fixture.ts'
import { PaymentGateway } from './gateway.ts'
import { coffee } from './index.ts'
import { Payment } from './payment.ts'

/** Those that take longest are tried by `npm run test:aws` only. */
const long = (name: string, run: () => Promise<void>) => test.runIf(isOnAws)(name, run, 300_000)

const gateway = new FakeGateway()
/** Payments that kill whoever charges them, until that is mended. */
const deadly = new Map<string, Death>()
const whoeverCharges: PaymentGateway = {
  refund: (refund, call) => gateway.refund(refund, call),
  charge: async (charge, call) => {
    const death = deadly.get(charge.paymentId)
    if (death === undefined) return gateway.charge(charge, call)
    // A minute, shortened: then its time is up.
    if (death === 'loop') setTimeout(() => void charging().kill(), 200)
    throw new CallerDies(death)
  },
}
let server: CloudServer
const undo: (() => void)[] = []

beforeAll(async () => {
  server = await serveOnAws(coffee, { services: () => [provide(PaymentGateway, whoeverCharges)], throttles: true })
})
afterEach(() => {
  for (const each of undo.splice(0)) each()
})
afterAll(() => server.stop())

const { place, pay, close, settled } = customersOf(() => server)
const consumers = () => server.cloud.functions.filter(({ name }) => name.includes('coffee_'))
const charging = () => server.cloud.function('coffee_charge-card')
const publisher = () => server.cloud.function('coffee-publisher')
const portOf = (url = '') => Number(new URL(url).port)

/** Customers who pay, one whose card is declined, and a barista who makes everything. */
async function businessAsUsual(customers: number): Promise<void> {
  const ids = await Promise.all(Array.from({ length: customers }, () => place()))
  await Promise.all(ids.map((id, at) => pay(id, at === 0 ? 'card_declined' : 'card_ok')))
  const orders = await Promise.all(ids.map((id) => settled(`/order/${id}`)))
  const paid = orders.filter(({ status }) => status === 'ORDER_IN_PROGRESS')
  expect(paid).toHaveLength(customers - 1)
  for (const { fulfilmentId } of paid) expect((await close(fulfilmentId)).status).toBe(200)
  const ends = await Promise.all(ids.map((id) => settled(`/order/${id}`)))
  expect(ends.map(({ status }) => status).sort()).toEqual(['ORDER_CANCELLED', ...paid.map(() => 'ORDER_COMPLETED')])
}

/** Documents are what a pure fold of all events gives, nothing is parked, and no order was charged twice. */
async function nothingIsWrong(): Promise<void> {
  await server.cloud.settled()
  const { findings, policies, projections } = await historyOn(server.cloud, coffee)
  expect({ findings, policies }).toEqual({ findings: [], policies: [] })
  for (const { missing, extra, different, sample } of projections)
    expect({ missing, extra, different, sample }).toEqual({ missing: 0, extra: 0, different: 0, sample: [] })
  const charged = [...gateway.effects.values()].map((effect) => (effect.kind === 'charge' ? effect.paymentId : ''))
  expect(new Set(charged).size).toBe(charged.length)
}

test('on a calm day', async () => {
  await businessAsUsual(2)
  await nothingIsWrong()
})

test('every message comes twice, and what comes together in any order', async () => {
  undo.push(...[...consumers(), publisher()].map(comeTwice))
  await businessAsUsual(3)
  await nothingIsWrong()
})

long('consumers die before and after they commit', async () => {
  const port = portOf(server.cloud.endpoints.database)
  for (const each of consumers())
    for (const when of ['before', 'after'] as const) each.dieOnce({ port, call: 1, holding: 'COMMIT', when })
  await businessAsUsual(3)
  await nothingIsWrong()
})

test('the publisher dies before and after it has placed, and between its rings', async () => {
  const { dynamodb, messages } = server.cloud.endpoints
  for (const when of ['before', 'after'] as const) {
    publisher().dieOnce({ port: portOf(dynamodb), call: 1, holding: 'TransactWriteItems', when })
    publisher().dieOnce({ port: portOf(messages), call: 1, when })
  }
  await businessAsUsual(3)
  await nothingIsWrong()
})

long('doorbells are lost, until the sweep rings', async () => {
  const release = consumers().map((each) => each.intercept(async () => ({ kind: 'answered', payload: {} })))
  const id = await place()
  await pay(id)
  await server.cloud.settled()
  for (const each of release) each()
  // From the payment to its order, each consumer is rung when the one before it has done its part: a minute later.
  for (let minutes = 0; minutes < 5; minutes++) {
    await server.cloud.goAhead(60_000)
    await server.cloud.fire('Sweep')
    await server.cloud.settled()
  }
  expect((await server.get(`/order/${id}`)).body).toMatchObject({ paymentStatus: 'PAYMENT_SUCCESSFUL' })
  await nothingIsWrong()
})

long('DynamoDB refuses a third of all requests', async () => {
  server.cloud.throttle(1 / 3)
  undo.push(() => server.cloud.throttle(0))
  await businessAsUsual(3)
  server.cloud.throttle(0)
  await nothingIsWrong()
})

long('every start is a cold one', async () => {
  for (const each of server.cloud.functions) each.alwaysCold(true)
  for (const each of server.cloud.functions) undo.push(() => each.alwaysCold(false))
  await businessAsUsual(2)
  await nothingIsWrong()
})

long('who has a token sees what was written, or is told that it is not there yet', async () => {
  const stop = consumers().map((each) =>
    each.intercept(async (event, next) => {
      const killed = next(event)
      if (each.invocations % 3 === 0) await each.kill()
      return killed
    }),
  )
  undo.push(...stop)
  for (let n = 0; n < 10; n++) {
    const placed = await server.send('POST', '/order', { coffeeId: '2', customerId: `c-${n}`, customerName: 'Ada' })
    const token = { 'consistency-token': placed.header('consistency-token') as string }
    const found = await server.get(`/order/${placed.body.id}`, token)
    if (found.header('consistency-status') === 'reached') expect(found.body).toMatchObject({ id: placed.body.id })
  }
  await nothingIsWrong()
})

/** A payment that kills whoever charges it is parked, all others go on, and when it kills no more it is charged once. */
async function killerIsParked(death: Death): Promise<void> {
  const orderId = await place()
  const payment = derivedIdOf(Payment, orderId)
  deadly.set(payment, death)
  undo.push(comeAgainAtOnce(charging()), () => deadly.clear())
  await Promise.all([pay(orderId), businessAsUsual(2)])

  const operator = { 'x-operator-key': server.cloud.keys.operatorKey ?? '' }
  const letters = async () => (await server.get('/ops/coffee/dead-letters', operator)).body
  const retry = (stream: string) =>
    server.send('POST', '/ops/coffee/dead-letters/charge-card/retry', { stream }, operator)
  const parked = await letters()
  const error = expect.stringContaining('parked without being read')
  expect(parked).toMatchObject([{ consumer: 'charge-card', event: { aggregateId: payment }, error }])

  if (death === 'exit') {
    expect((await retry(parked[0].stream)).status).toBe(500)
    expect(await letters()).toEqual(parked)
  }
  deadly.clear()
  expect(await retry(parked[0].stream)).toMatchObject({ status: 200, body: { outcome: 'applied' } })
  expect((await settled(`/order/${orderId}`)).status).toBe('ORDER_IN_PROGRESS')
  const effects = [...gateway.effects.values()].filter((each) => each.kind === 'charge' && each.paymentId === payment)
  expect(effects).toHaveLength(1)
  expect(await letters()).toEqual([])
  await nothingIsWrong()
}

test('G10 an event that ends the process which handles it is parked, and all others are handled', () =>
  killerIsParked('exit'))

long('G10 an event whose handling never ends is parked, and all others are handled', () => killerIsParked('loop'))
