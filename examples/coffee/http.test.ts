import { onEachEngine, tickingClock } from '@weir-examples/harness'
import { beforeEach, describe, expect, test } from 'vitest'
import { provide } from 'weir'
import { ada, customersOf, latte } from './customers.fixture.ts'
import { FakeGateway } from './gateway.fixture.ts'
import { PaymentGateway } from './gateway.ts'
import { coffee } from './index.ts'

const TODAY = '2030-05-01'
const NOWHERE = '00000000-0000-7000-8000-000000000000'

let gateway = new FakeGateway()

beforeEach(() => {
  gateway = new FakeGateway()
})

onEachEngine(
  coffee,
  (server) => {
    const { place, cancel, close, settled, paidOrder } = customersOf(server)
    const fieldsOf = (body: { errors: { field: string }[] }) => body.errors.map(({ field }) => field)

    describe('GET /coffees', () => {
      test('answers the menu with prices in cents', async () => {
        const { status, body, header } = await server().get('/coffees')
        expect(status).toBe(200)
        expect(header('etag')).toBeTruthy()
        expect(body).toEqual([
          { id: '1', name: 'Cappuccino', price: 370, description: expect.any(String) },
          { id: '2', name: 'Latte', price: 400, description: expect.any(String) },
          { id: '3', name: 'Mocha', price: 450, description: expect.any(String) },
        ])
      })
    })

    describe('POST /order', () => {
      test('answers the order as it can be read from then on', async () => {
        const { status, body, header } = await server().send('POST', '/order', { coffeeId: '2', ...ada })
        expect(status).toBe(201)
        expect(body).toEqual({
          id: expect.any(String),
          coffee: latte,
          ...ada,
          status: 'ORDER_CREATED',
          note: null,
          paymentId: null,
          paymentStatus: 'PAYMENT_PENDING',
          fulfilmentId: null,
          fulfilmentStatus: 'FULFILMENT_PENDING',
          date: TODAY,
          createdAt: expect.stringMatching(/^2030-05-01T/),
        })
        expect(header('location')).toBe(`/order/${body.id}`)
        const token = { 'consistency-token': header('consistency-token') as string }
        const found = await server().get(`/order/${body.id}`, token)
        expect([found.status, found.body]).toEqual([200, body])
      })

      test('refuses a coffee that is not on the menu', async () => {
        const { status, body } = await server().send('POST', '/order', { coffeeId: '9', ...ada })
        expect([status, body.code]).toEqual([400, 'unknown-coffee'])
      })

      test.each([
        [{ customerName: '' }, ['customerName']],
        [{ customerId: undefined }, ['customerId']],
        [{ coffeeId: 2 }, ['coffeeId']],
      ])('refuses %j and names the fields', async (wrong, fields) => {
        const { status, body } = await server().send('POST', '/order', { coffeeId: '2', ...ada, ...wrong })
        expect(status).toBe(400)
        expect(fieldsOf(body)).toEqual(fields)
      })

      test('repeated with the same key answers the same order, also after a restart', async () => {
        const key = { 'idempotency-key': 'ada-wants-a-latte' }
        const first = await server().send('POST', '/order', { coffeeId: '2', ...ada }, key)
        await server().restart()
        const second = await server().send('POST', '/order', { coffeeId: '2', ...ada }, key)
        expect([second.status, second.body]).toEqual([201, first.body])
        expect(await settled('/order')).toHaveLength(1)
      })
    })

    describe('GET /order', () => {
      const customers = async (query: string) =>
        (await settled(`/order${query}`)).map(({ customerName }: { customerName: string }) => customerName)

      test('answers the orders of today, of a day, or of a customer, the newest first', async () => {
        await place()
        await place({ customerId: 'bob-1', customerName: 'Bob' })
        await place()
        expect(await customers('')).toEqual(['Ada', 'Bob', 'Ada'])
        expect(await customers('?date=')).toEqual(['Ada', 'Bob', 'Ada'])
        expect(await customers(`?date=${TODAY}`)).toEqual(['Ada', 'Bob', 'Ada'])
        expect(await customers('?date=2030-04-30')).toEqual([])
        expect(await customers('?customerId=bob-1')).toEqual(['Bob'])
        expect(await customers('?customerId=nobody')).toEqual([])
      })

      test('does not answer both at once', async () => {
        const { status, body } = await server().get(`/order?date=${TODAY}&customerId=ada-1`)
        expect(status).toBe(400)
        expect(JSON.stringify(body)).toMatch(/date.*customerId/)
      })

      test('answers 404 for an order that there is not', async () => {
        expect((await server().get(`/order/${NOWHERE}`)).status).toBe(404)
      })
    })

    describe('PATCH /order/:id', () => {
      test('cancels an order', async () => {
        const id = await place()
        const { status, body } = await cancel(id)
        expect([status, body]).toEqual([200, { id, status: 'ORDER_CANCELLED', note: 'Changed my mind' }])
        expect(await settled(`/order/${id}`)).toMatchObject({ status: 'ORDER_CANCELLED', note: 'Changed my mind' })
      })

      test('cancels it once', async () => {
        const id = await place()
        await cancel(id)
        const { status, body } = await cancel(id)
        expect([status, body.code]).toEqual([409, 'order-cancelled'])
      })

      test('does not cancel an order that is completed, or that there is not', async () => {
        const { id, fulfilmentId } = await paidOrder()
        await close(fulfilmentId)
        await server().runtime.settled()
        expect(await cancel(id)).toMatchObject({ status: 409, body: { code: 'order-completed' } })
        expect((await cancel(NOWHERE)).status).toBe(404)
      })

      test('can do nothing else', async () => {
        const wrong = { status: 'ORDER_COMPLETED', note: 'x'.repeat(501) }
        const { status, body } = await server().send('PATCH', `/order/${await place()}`, wrong)
        expect(status).toBe(400)
        expect(fieldsOf(body)).toEqual(['status', 'note'])
      })
    })

    describe('POST /payment', () => {
      test('pays what the order costs', async () => {
        const orderId = await place()
        const { status, body, header } = await server().send('POST', '/payment', { orderId })
        expect(status).toBe(201)
        expect(body).toEqual({ id: expect.any(String), orderId, status: 'PAYMENT_CREATED', amount: 400 })
        expect(header('location')).toBe(`/payment/${body.id}`)
        expect(await settled(`/payment/${body.id}`)).toEqual({
          id: body.id,
          orderId,
          customerId: 'ada-1',
          amount: 400,
          status: 'PAYMENT_SUCCESSFUL',
          note: null,
          date: TODAY,
          createdAt: expect.stringMatching(/^2030-05-01T/),
        })
        expect((await settled('/payment')).map(({ id }: { id: string }) => id)).toEqual([body.id])
      })

      test('pays an order once, however many ask for it', async () => {
        const orderId = await place()
        const answers = await Promise.all(
          Array.from({ length: 10 }, () => server().send('POST', '/payment', { orderId })),
        )
        expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(9).fill(409)])
        await server().runtime.settled()
        expect((await server().send('POST', '/payment', { orderId })).status).toBe(409)
        expect(gateway.kinds()).toEqual(['charge'])
      })

      test('does not pay an order that is over, or that there is not', async () => {
        const orderId = await place()
        await cancel(orderId)
        expect((await server().send('POST', '/payment', { orderId })).status).toBe(409)
        expect((await server().send('POST', '/payment', { orderId: NOWHERE })).status).toBe(404)
      })

      test.each([
        [{}, ['orderId']],
        [{ orderId: 7, paymentMethod: 'cash' }, ['orderId', 'paymentMethod']],
        [{ orderId: 'no id' }, ['orderId']],
      ])('refuses %j and names the fields', async (input, fields) => {
        const { status, body } = await server().send('POST', '/payment', input)
        expect(status).toBe(400)
        expect(fieldsOf(body)).toEqual(fields)
      })
    })

    describe('PATCH /fulfilment/:id', () => {
      test('shows the barista what there is to be made, and completes it', async () => {
        const { id, fulfilmentId } = await paidOrder()
        const fulfilment = {
          id: fulfilmentId,
          orderId: id,
          coffee: latte,
          customerName: 'Ada',
          date: TODAY,
          createdAt: expect.stringMatching(/^2030-05-01T/),
        }
        const todo = { ...fulfilment, status: 'FULFILMENT_CREATED', note: null }
        expect(await settled('/fulfilment')).toEqual([todo])
        expect((await server().get(`/fulfilment/${fulfilmentId}`)).body).toEqual(todo)
        const { status, body } = await close(fulfilmentId)
        expect([status, body]).toEqual([200, { id: fulfilmentId, status: 'FULFILMENT_COMPLETED', note: 'Enjoy' }])
        expect(await settled(`/fulfilment?date=${TODAY}`)).toEqual([
          { ...fulfilment, status: 'FULFILMENT_COMPLETED', note: 'Enjoy' },
        ])
        expect(await settled('/fulfilment?status=FULFILMENT_CREATED')).toEqual([])
        expect(await settled('/fulfilment?status=FULFILMENT_COMPLETED')).toMatchObject([{ id: fulfilmentId }])
      })

      test('closes it once', async () => {
        const { fulfilmentId } = await paidOrder()
        await close(fulfilmentId)
        for (const status of ['FULFILMENT_COMPLETED', 'FULFILMENT_REJECTED']) {
          expect(await close(fulfilmentId, status)).toMatchObject({
            status: 409,
            body: { code: 'fulfilment-completed' },
          })
        }
        expect((await close(NOWHERE)).status).toBe(404)
        expect((await server().get(`/fulfilment/${NOWHERE}`)).status).toBe(404)
      })

      test('closes it in one of the two ways', async () => {
        const { fulfilmentId } = await paidOrder()
        const { status, body } = await close(fulfilmentId, 'FULFILMENT_CREATED')
        expect(status).toBe(400)
        expect(fieldsOf(body)).toEqual(['status'])
      })
    })
  },
  { clock: tickingClock(`${TODAY}T09:00:00.000Z`, 1), services: () => [provide(PaymentGateway, gateway)] },
)
