import { describe, test } from 'vitest'
import { at, history, project } from 'weir/testing'
import { Fulfilment } from './fulfilment.ts'
import { Order } from './order.ts'
import { Payment } from './payment.ts'
import { Fulfilments, Orders, Payments } from './read-models.ts'

const NINE = '2030-05-01T09:00:00.000Z'
const TEN = '2030-05-01T10:00:00.000Z'
const MIDNIGHT = '2030-05-01T23:59:59.999Z'

const latte = { id: '2', name: 'Latte', price: 400 }
const ada = { customerId: 'ada-1', customerName: 'Ada' }
const placed = at(NINE, Order.event('Placed', { ...ada, coffee: latte }))
const ofAda = { id: 'o-1', coffee: latte, ...ada, date: '2030-05-01', createdAt: NINE }

const paymentOf = (orderId: string) => ({
  created: at(TEN, Payment.event('Created', { orderId, customerId: 'ada-1', amount: 400, method: 'card_ok' })),
  succeeded: Payment.event('Succeeded', { orderId, chargeId: 'charge-1' }),
  failed: Payment.event('Failed', { orderId, reason: 'The card was declined' }),
  requested: Payment.event('RefundRequested', { orderId, note: 'Changed my mind' }),
  due: Payment.event('RefundDue', { orderId, chargeId: 'charge-1', amount: 400, note: 'Changed my mind' }),
  refunded: Payment.event('Refunded', { orderId, refundId: 'refund-1' }),
})
const { created, succeeded, failed, requested, due, refunded } = paymentOf('o-1')

const ordered = at(MIDNIGHT, Fulfilment.event('Created', { orderId: 'o-1', coffee: latte, customerName: 'Ada' }))

describe('the orders', () => {
  test('show an order that nobody has paid yet', async () => {
    await project(Orders)
      .given(history(Order, 'o-1', [placed]))
      .expectDocuments([
        {
          ...ofAda,
          status: 'ORDER_CREATED',
          note: null,
          paymentId: null,
          paymentStatus: 'PAYMENT_PENDING',
          fulfilmentId: null,
          fulfilmentStatus: 'FULFILMENT_PENDING',
        },
      ])
  })

  test('show an order from the counter to the cup, whichever stream is ahead', async () => {
    await project(Orders)
      .given(
        history(Order, 'o-1', [
          placed,
          Order.event('PaymentConfirmed', { paymentId: 'p-1' }),
          Order.event('Completed', { fulfilmentId: 'f-1' }),
        ]),
        history(Payment, 'p-1', [created, succeeded]),
        history(Fulfilment, 'f-1', [ordered, Fulfilment.event('Completed', { orderId: 'o-1', note: 'Enjoy' })]),
      )
      .expectDocuments([
        {
          ...ofAda,
          status: 'ORDER_COMPLETED',
          note: null,
          paymentId: 'p-1',
          paymentStatus: 'PAYMENT_SUCCESSFUL',
          fulfilmentId: 'f-1',
          fulfilmentStatus: 'FULFILMENT_COMPLETED',
        },
      ])
  })

  test('show one that was cancelled while it was being paid and made, whichever stream is ahead', async () => {
    await project(Orders)
      .given(
        history(Order, 'o-1', [
          placed,
          Order.event('PaymentConfirmed', { paymentId: 'p-1' }),
          Order.event('Cancelled', { because: 'customer', note: 'Changed my mind' }),
        ]),
        history(Payment, 'p-1', [created, requested, succeeded, due, refunded]),
        history(Fulfilment, 'f-1', [ordered, Fulfilment.event('Rejected', { orderId: 'o-1', note: null })]),
      )
      .expectDocuments([
        {
          ...ofAda,
          status: 'ORDER_CANCELLED',
          note: 'Changed my mind',
          paymentId: 'p-1',
          paymentStatus: 'PAYMENT_REFUNDED',
          fulfilmentId: 'f-1',
          fulfilmentStatus: 'FULFILMENT_REJECTED',
        },
      ])
  })

  test('show one of which the payment failed', async () => {
    await project(Orders)
      .given(
        history(Order, 'o-1', [
          placed,
          Order.event('Cancelled', { because: 'payment-failed', note: 'The card was declined' }),
        ]),
        history(Payment, 'p-1', [created, failed]),
      )
      .expectDocuments([
        {
          ...ofAda,
          status: 'ORDER_CANCELLED',
          note: 'The card was declined',
          paymentId: 'p-1',
          paymentStatus: 'PAYMENT_FAILED',
          fulfilmentId: null,
          fulfilmentStatus: 'FULFILMENT_PENDING',
        },
      ])
  })
})

describe('the payments', () => {
  test('show what became of each', async () => {
    const other = paymentOf('o-2')
    const third = paymentOf('o-3')
    const document = { customerId: 'ada-1', amount: 400, date: '2030-05-01', createdAt: TEN }
    await project(Payments)
      .given(
        history(Payment, 'p-1', [created, succeeded, due, refunded]),
        history(Payment, 'p-2', [other.created, other.failed]),
        history(Payment, 'p-3', [third.created, third.succeeded]),
      )
      .expectDocuments([
        { id: 'p-1', orderId: 'o-1', ...document, status: 'PAYMENT_REFUNDED', note: 'Changed my mind' },
        { id: 'p-2', orderId: 'o-2', ...document, status: 'PAYMENT_FAILED', note: 'The card was declined' },
        { id: 'p-3', orderId: 'o-3', ...document, status: 'PAYMENT_SUCCESSFUL', note: null },
      ])
  })
})

describe('the fulfilments', () => {
  test('show what there is to be made, and what has become of the rest', async () => {
    const document = { orderId: 'o-1', coffee: latte, customerName: 'Ada', date: '2030-05-01', createdAt: MIDNIGHT }
    await project(Fulfilments)
      .given(
        history(Fulfilment, 'f-1', [ordered]),
        history(Fulfilment, 'f-2', [ordered, Fulfilment.event('Completed', { orderId: 'o-1', note: null })]),
        history(Fulfilment, 'f-3', [ordered, Fulfilment.event('Rejected', { orderId: 'o-1', note: 'Out of milk' })]),
      )
      .expectDocuments([
        { id: 'f-1', ...document, status: 'FULFILMENT_CREATED', note: null },
        { id: 'f-2', ...document, status: 'FULFILMENT_COMPLETED', note: null },
        { id: 'f-3', ...document, status: 'FULFILMENT_REJECTED', note: 'Out of milk' },
      ])
  })
})
