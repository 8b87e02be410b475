import { describe, test } from 'vitest'
import { given, history } from 'weir/testing'
import { Fulfilment } from './fulfilment.ts'
import { Order } from './order.ts'

const { create, complete, reject, callOff } = Fulfilment.commands

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
    given(Fulfilment, [created]).when(complete, { note: 'Enjoy' }).expectEvents([completed])
    given(Fulfilment, [created]).when(reject, { note: 'Out of milk' }).expectEvents([rejected])
  })

  test('without saying why', () => {
    given(Fulfilment, [created])
      .when(complete, {})
      .expectEvents([Fulfilment.event('Completed', { orderId, note: null })])
  })

  test('for good: not even the same again', () => {
    for (const close of [complete, reject]) {
      given(Fulfilment, [created, completed]).when(close, {}).expectRejection('fulfilment-completed', { status: 409 })
      given(Fulfilment, [created, rejected]).when(close, {}).expectRejection('fulfilment-rejected', { status: 409 })
    }
  })

  test('that there is', () => {
    for (const close of [complete, reject]) {
      given(Fulfilment, []).when(close, {}).expectRejection('fulfilment-not-found', { status: 404 })
    }
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
