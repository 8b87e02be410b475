import { describe, test } from 'vitest'
import { given, history } from 'weir/testing'
import { Order } from './order.ts'
import { Payment } from './payment.ts'

const { create, settle, refund, confirmRefund } = Payment.commands

const orderId = 'order-1'
const placed = Order.event('Placed', {
  customerId: 'ada-1',
  customerName: 'Ada',
  coffee: { id: '2', name: 'Latte', price: 400 },
})
const paid = Order.event('PaymentConfirmed', { paymentId: 'payment-1' })
const order = (...events: Parameters<typeof history<typeof Order.events>>[2]) => history(Order, orderId, events)

const created = Payment.event('Created', { orderId, customerId: 'ada-1', amount: 400, method: 'card_ok' })
const succeeded = Payment.event('Succeeded', { orderId, chargeId: 'charge-1' })
const failed = Payment.event('Failed', { orderId, reason: 'The card was declined' })
const requested = Payment.event('RefundRequested', { orderId, note: 'Changed my mind' })
const due = Payment.event('RefundDue', { orderId, chargeId: 'charge-1', amount: 400, note: 'Changed my mind' })
const refunded = Payment.event('Refunded', { orderId, refundId: 'refund-1' })

const yes = { outcome: 'succeeded', chargeId: 'charge-1' } as const
const no = { outcome: 'declined', reason: 'The card was declined' } as const

describe('a payment is created', () => {
  test('for what the order costs', () => {
    given(Payment, []).and(order(placed)).when(create, { orderId }).expectEvents([created])
  })

  test('with another card', () => {
    given(Payment, [])
      .and(order(placed))
      .when(create, { orderId, paymentMethod: 'card_slow' })
      .expectEvents([Payment.event('Created', { ...created.data, method: 'card_slow' })])
    given(Payment, [])
      .and(order(placed))
      .when(create, { orderId, paymentMethod: 'cash' as 'card_ok' })
      .expectInvalid('paymentMethod')
  })

  test('for an order that there is', () => {
    given(Payment, []).when(create, { orderId }).expectRejection('order-not-found', { status: 404 })
  })

  test.each([
    ['under way', [created]] as const,
    ['successful', [created, succeeded]] as const,
    ['failed', [created, failed]] as const,
  ])('not when there is one already that is %s', (_, events) => {
    given(Payment, events)
      .and(order(placed))
      .when(create, { orderId })
      .expectRejection('payment-exists', { status: 409 })
  })

  test('not for an order that is over', () => {
    given(Payment, [])
      .and(order(placed, Order.event('Cancelled', { because: 'customer', note: null })))
      .when(create, { orderId })
      .expectRejection('order-cancelled', { status: 409 })
    given(Payment, [])
      .and(order(placed, paid, Order.event('Completed', { fulfilmentId: 'fulfilment-1' })))
      .when(create, { orderId })
      .expectRejection('order-completed', { status: 409 })
  })
})

describe('a payment is settled', () => {
  test('as the gateway says', () => {
    given(Payment, [created]).when(settle, yes).expectEvents([succeeded])
    given(Payment, [created]).when(settle, no).expectEvents([failed])
  })

  test('once, whatever the gateway says again', () => {
    for (const answer of [yes, no]) {
      given(Payment, [created, succeeded]).when(settle, answer).expectNothing()
      given(Payment, [created, failed]).when(settle, answer).expectNothing()
      given(Payment, [created, succeeded, due, refunded]).when(settle, answer).expectNothing()
    }
  })

  test('and given back when that was asked for meanwhile, if there is something to give back', () => {
    given(Payment, [created, requested]).when(settle, yes).expectEvents([succeeded, due])
    given(Payment, [created, requested]).when(settle, no).expectEvents([failed])
  })
})

describe('a refund is asked for', () => {
  const why = { note: 'Changed my mind' }

  test('and is due when the charge has succeeded', () => {
    given(Payment, [created, succeeded]).when(refund, why).expectEvents([due])
  })

  test('and is remembered while the charge is under way', () => {
    given(Payment, [created]).when(refund, why).expectEvents([requested])
  })

  test.each([
    ['there is no payment', []] as const,
    ['the charge has failed', [created, failed]] as const,
    ['it is remembered already', [created, requested]] as const,
    ['it is due already', [created, succeeded, due]] as const,
    ['it was given already', [created, succeeded, due, refunded]] as const,
  ])('and nothing happens when %s', (_, events) => {
    given(Payment, events).when(refund, why).expectNothing()
  })
})

describe('a refund is confirmed', () => {
  test('once', () => {
    given(Payment, [created, succeeded, due]).when(confirmRefund, { refundId: 'refund-1' }).expectEvents([refunded])
    given(Payment, [created, succeeded, due, refunded]).when(confirmRefund, { refundId: 'refund-1' }).expectNothing()
  })

  test('only when it is due', () => {
    given(Payment, [created, succeeded])
      .when(confirmRefund, { refundId: 'refund-1' })
      .expectRejection('no-refund-due', { status: 409 })
  })
})
