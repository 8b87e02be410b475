import { onEachEngine } from '@weir-examples/harness'
import { beforeEach, describe, expect, test } from 'vitest'
import { provide } from 'weir'
import { customersOf } from './customers.fixture.ts'
import { closedWay, FakeGateway } from './gateway.fixture.ts'
import { PaymentGateway } from './gateway.ts'
import { coffee } from './index.ts'

let gateway = new FakeGateway()

beforeEach(() => {
  gateway = new FakeGateway()
})

onEachEngine(
  coffee,
  (server) => {
    const { place, pay, cancel, close, settled, paidOrder } = customersOf(server)

    describe('an order', () => {
      test('that is paid and made is completed', async () => {
        const { id, status, fulfilmentId, paymentStatus } = await paidOrder()
        expect([status, paymentStatus]).toEqual(['ORDER_IN_PROGRESS', 'PAYMENT_SUCCESSFUL'])
        await close(fulfilmentId)
        expect(await settled(`/order/${id}`)).toMatchObject({
          status: 'ORDER_COMPLETED',
          paymentStatus: 'PAYMENT_SUCCESSFUL',
          fulfilmentStatus: 'FULFILMENT_COMPLETED',
        })
        expect(gateway.kinds()).toEqual(['charge'])
      })

      test('whose card is declined is cancelled, and nothing is made', async () => {
        const id = await place()
        const paymentId = await pay(id, 'card_declined')
        expect(await settled(`/order/${id}`)).toMatchObject({
          status: 'ORDER_CANCELLED',
          note: 'The card was declined',
          paymentId,
          paymentStatus: 'PAYMENT_FAILED',
          fulfilmentId: null,
          fulfilmentStatus: 'FULFILMENT_PENDING',
        })
        expect(await settled('/fulfilment')).toEqual([])
      })

      test('that the barista rejects is cancelled and given back', async () => {
        const { id, paymentId, fulfilmentId } = await paidOrder()
        await close(fulfilmentId, 'FULFILMENT_REJECTED', 'Out of milk')
        expect(await settled(`/order/${id}`)).toMatchObject({
          status: 'ORDER_CANCELLED',
          note: 'Out of milk',
          paymentStatus: 'PAYMENT_REFUNDED',
          fulfilmentStatus: 'FULFILMENT_REJECTED',
        })
        expect(await settled(`/payment/${paymentId}`)).toMatchObject({
          status: 'PAYMENT_REFUNDED',
          note: 'Out of milk',
        })
        expect(gateway.kinds()).toEqual(['charge', 'refund'])
      })

      test('that is cancelled while it waits to be made is not made, and given back', async () => {
        const { id } = await paidOrder()
        await cancel(id)
        expect(await settled(`/order/${id}`)).toMatchObject({
          status: 'ORDER_CANCELLED',
          paymentStatus: 'PAYMENT_REFUNDED',
          fulfilmentStatus: 'FULFILMENT_REJECTED',
        })
      })

      test('that is cancelled while its card is charged is given back when that has succeeded', async () => {
        const { way, open } = closedWay()
        gateway.way = way
        const id = await place()
        await pay(id)
        expect((await cancel(id)).status).toBe(200)
        open()
        expect(await settled(`/order/${id}`)).toMatchObject({
          status: 'ORDER_CANCELLED',
          paymentStatus: 'PAYMENT_REFUNDED',
          fulfilmentStatus: 'FULFILMENT_PENDING',
        })
        expect(gateway.kinds()).toEqual(['charge', 'refund'])
      })

      test('that is cancelled while its card is declined has nothing to be given back', async () => {
        const { way, open } = closedWay()
        gateway.way = way
        const id = await place()
        await pay(id, 'card_declined')
        await cancel(id)
        open()
        expect(await settled(`/order/${id}`)).toMatchObject({
          status: 'ORDER_CANCELLED',
          note: 'Changed my mind',
          paymentStatus: 'PAYMENT_FAILED',
        })
        expect(gateway.kinds()).toEqual(['charge'])
      })

      test('goes on after a restart where it was', async () => {
        gateway.way = closedWay().way
        const id = await place()
        await pay(id)
        gateway.way = async () => {}
        await server().restart()
        expect(await settled(`/order/${id}`)).toMatchObject({ status: 'ORDER_IN_PROGRESS' })
        expect(gateway.kinds()).toEqual(['charge'])
      })
    })
  },
  { services: () => [provide(PaymentGateway, gateway)] },
)
