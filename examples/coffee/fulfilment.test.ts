import { describe, test } from 'vitest'
import { given, history } from 'weir/testing'
import { Fulfilment } from './fulfilment.ts'
import { Order } from './order.ts'

const { create, close, callOff } = Fulfilment.commands

const orderId = 'order-1'
const latte = { id: '2', name: 'Latte', price: 400 }
const placed = Order.event('Placed', { customerId: 'ada-1', customerName: 'Ada', coffee: latte })
const paid = Order.event('PaymentConfirmed', { paymentId: 'payment-1' })
const cancelled = Order.event('Cancelled', { because: 'customer', note: null })

const created = Fulfilment.event('Created', { orderId, coffee: latte, customerName: 'Ada' })
const completed = Fulfilment.event('Completed', { orderId, note: 'Enjoy' })
const rejected = Fulfilment.event('Rejected', { orderId, note: 'Out of milk' })

describe('a fulfilment is created', () => {
  test('once, for an order that is paid', () => {
    const order = history(Order, orderId, [placed, paid])
    given(Fulfilment, []).and(order).when(create, { orderId }).expectEvents([created])
    given(Fulfilment, [created]).and(order).when(create, { orderId }).expectNothing()
  })

  test('not for an order that was cancelled in the meantime', () => {
    given(Fulfilment, [])
      .and(history(Order, orderId, [placed, paid, cancelled]))
      .when(create, { orderId })
      .expectNothing()
  })
})

describe('the barista closes a fulfilment', () => {
  test('as completed or as rejected', () => {
    given(Fulfilment, [created])
      .when(close, { status: 'FULFILMENT_COMPLETED', note: 'Enjoy' })
      .expectEvents([completed])
    given(Fulfilment, [created])
      .when(close, { status: 'FULFILMENT_REJECTED', note: 'Out of milk' })
      .expectEvents([rejected])
  })

  test('without saying why', () => {
    given(Fulfilment, [created])
      .when(close, { status: 'FULFILMENT_COMPLETED' })
      .expectEvents([Fulfilment.event('Completed', { orderId, note: null })])
  })

  test('for good: not even the same again', () => {
    for (const status of ['FULFILMENT_COMPLETED', 'FULFILMENT_REJECTED'] as const) {
      given(Fulfilment, [created, completed])
        .when(close, { status })
        .expectRejection('fulfilment-completed', { status: 409 })
      given(Fulfilment, [created, rejected])
        .when(close, { status })
        .expectRejection('fulfilment-rejected', { status: 409 })
    }
  })

  test('that there is', () => {
    given(Fulfilment, [])
      .when(close, { status: 'FULFILMENT_COMPLETED' })
      .expectRejection('fulfilment-not-found', { status: 404 })
  })

  test('in one of the two ways', () => {
    given(Fulfilment, [created])
      .when(close, { status: 'FULFILMENT_CREATED' as 'FULFILMENT_COMPLETED' })
      .expectInvalid('status')
  })
})

describe('a fulfilment is called off', () => {
  test('while nothing has been made', () => {
    given(Fulfilment, [created]).when(callOff, { note: 'Out of milk' }).expectEvents([rejected])
  })

  test('which changes nothing when there is none, or it is closed', () => {
    for (const events of [[], [created, completed], [created, rejected]]) {
      given(Fulfilment, events).when(callOff, { note: null }).expectNothing()
    }
  })
})
