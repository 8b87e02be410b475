import { describe, test } from 'vitest'
import { given } from 'weir/testing'
import { Order } from './order.ts'

const { create, cancel, confirmPayment, complete, abandon, expire } = Order.commands

const ada = { customerId: 'ada-1', customerName: 'Ada' }
const latte = { id: '2', name: 'Latte', price: 400 }
const placed = Order.event('Placed', { ...ada, coffee: latte })
const paid = Order.event('PaymentConfirmed', { paymentId: 'payment-1' })
const completed = Order.event('Completed', { fulfilmentId: 'fulfilment-1' })
const cancelled = Order.event('Cancelled', { because: 'customer', note: 'Changed my mind' })
const byCustomer = { note: 'Changed my mind' }

describe('an order is placed', () => {
  test('for a coffee of the menu, at the price that it has now', () => {
    given(Order, [])
      .when(create, { ...ada, coffeeId: '2' })
      .expectEvents([placed])
  })

  test('once', () => {
    given(Order, [placed])
      .when(create, { ...ada, coffeeId: '2' })
      .expectRejection('order-exists', { status: 409 })
  })

  test('not for a coffee that there is not', () => {
    for (const coffeeId of ['4', '', 'Latte']) {
      given(Order, [])
        .when(create, { ...ada, coffeeId })
        .expectRejection('unknown-coffee', { status: 400 })
    }
  })

  test('by somebody', () => {
    given(Order, [])
      .when(create, { customerId: ' ', customerName: '', coffeeId: '1' })
      .expectInvalid('customerId', 'customerName')
  })
})

describe('the customer cancels an order', () => {
  test.each([['not paid yet', [placed]] as const, ['paid', [placed, paid]] as const])('that is %s', (_, events) => {
    given(Order, events).when(cancel, byCustomer).expectEvents([cancelled])
  })

  test('without saying why', () => {
    given(Order, [placed])
      .when(cancel, {})
      .expectEvents([Order.event('Cancelled', { because: 'customer', note: null })])
  })

  test('not when it is completed or cancelled already', () => {
    given(Order, [placed, paid, completed]).when(cancel, byCustomer).expectRejection('order-completed', { status: 409 })
    given(Order, [placed, cancelled]).when(cancel, byCustomer).expectRejection('order-cancelled', { status: 409 })
  })

  test('that there is', () => {
    given(Order, []).when(cancel, byCustomer).expectRejection('order-not-found', { status: 404 })
  })

  test('and does not say too much', () => {
    given(Order, [placed])
      .when(cancel, { note: 'x'.repeat(501) })
      .expectInvalid('note')
  })
})

describe('the payment of an order is confirmed', () => {
  test('once', () => {
    given(Order, [placed]).when(confirmPayment, { paymentId: 'payment-1' }).expectEvents([paid])
    given(Order, [placed, paid]).when(confirmPayment, { paymentId: 'payment-1' }).expectNothing()
    given(Order, [placed, paid, completed]).when(confirmPayment, { paymentId: 'payment-1' }).expectNothing()
  })

  test('not after it was cancelled', () => {
    given(Order, [placed, cancelled])
      .when(confirmPayment, { paymentId: 'payment-1' })
      .expectRejection('order-cancelled', { status: 409 })
  })
})

describe('an order is completed', () => {
  test('once', () => {
    given(Order, [placed, paid]).when(complete, { fulfilmentId: 'fulfilment-1' }).expectEvents([completed])
    given(Order, [placed, paid, completed]).when(complete, { fulfilmentId: 'fulfilment-1' }).expectNothing()
  })

  test('not when the customer was first', () => {
    given(Order, [placed, paid, cancelled])
      .when(complete, { fulfilmentId: 'fulfilment-1' })
      .expectRejection('order-cancelled')
  })
})

describe('an order is abandoned', () => {
  const declined = { because: 'payment-failed', note: 'The card was declined' } as const
  const outOfMilk = { because: 'fulfilment-rejected', note: 'Out of milk' } as const

  test('when its payment or its fulfilment has failed', () => {
    given(Order, [placed])
      .when(abandon, declined)
      .expectEvents([Order.event('Cancelled', declined)])
    given(Order, [placed, paid])
      .when(abandon, outOfMilk)
      .expectEvents([Order.event('Cancelled', outOfMilk)])
  })

  test('which changes nothing when it is cancelled already', () => {
    given(Order, [placed, cancelled]).when(abandon, outOfMilk).expectNothing()
  })

  test('but not when it is completed', () => {
    given(Order, [placed, paid, completed]).when(abandon, outOfMilk).expectRejection('order-completed')
  })
})

describe('the time for paying an order is over', () => {
  test('and it is cancelled', () => {
    given(Order, [placed])
      .when(expire, {})
      .expectEvents([Order.event('Cancelled', { because: 'not-paid-in-time', note: 'Not paid in time' })])
  })

  test.each([
    ['paid', [placed, paid]] as const,
    ['completed', [placed, paid, completed]] as const,
    ['cancelled', [placed, cancelled]] as const,
    ['never placed', []] as const,
  ])('which is nothing to one that is %s', (_, events) => {
    given(Order, events).when(expire, {}).expectNothing()
  })
})
