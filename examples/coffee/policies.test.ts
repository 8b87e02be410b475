import { afterEach, describe, expect, test, vi } from 'vitest'
import { derivedIdOf, provide } from 'weir'
import { reacting } from 'weir/testing'
import { Fulfilment } from './fulfilment.ts'
import { type Call, type Charge, PaymentGateway, type Refund } from './gateway.ts'
import { Order } from './order.ts'
import { Payment } from './payment.ts'
import {
  chargeCard,
  closeOrder,
  fulfilOrder,
  paymentDeadline,
  refundOrder,
  refundPayment,
  takePaymentResult,
} from './policies.ts'
import { services } from './services.ts'

const orderId = 'order-1'
const paymentId = derivedIdOf(Payment, orderId)
const fulfilmentId = derivedIdOf(Fulfilment, orderId)

const latte = { id: '2', name: 'Latte', price: 400 }
const placed = Order.event('Placed', { customerId: 'ada-1', customerName: 'Ada', coffee: latte })
const confirmed = Order.event('PaymentConfirmed', { paymentId })
const cancelled = Order.event('Cancelled', { because: 'customer', note: 'Changed my mind' })

const created = Payment.event('Created', { orderId, customerId: 'ada-1', amount: 400, method: 'card_ok' })
const succeeded = Payment.event('Succeeded', { orderId, chargeId: 'charge-1' })
const failed = Payment.event('Failed', { orderId, reason: 'The card was declined' })
const due = Payment.event('RefundDue', { orderId, chargeId: 'charge-1', amount: 400, note: null })

afterEach(() => vi.unstubAllEnvs())

describe('the gateway', () => {
  const calls: (readonly [Charge | Refund, Call])[] = []
  const gateway: PaymentGateway = {
    charge: async (...call) => {
      calls.push(call)
      return { outcome: 'succeeded', chargeId: 'charge-1' }
    },
    refund: async (...call) => {
      calls.push(call)
      return { refundId: 'refund-1' }
    },
  }
  const services = [provide(PaymentGateway, gateway)]

  test('is asked for the money of a new payment, and the payment is settled as it says', async () => {
    expect(await reacting(chargeCard, { services }).to(Payment, paymentId, created)).toEqual([
      {
        aggregate: 'payment',
        command: 'settle',
        id: paymentId,
        input: { outcome: 'succeeded', chargeId: 'charge-1' },
      },
    ])
    expect(calls.at(-1)?.[0]).toEqual({ paymentId, amount: 400, method: 'card_ok' })
  })

  test('is asked to give back what is due', async () => {
    expect(await reacting(refundPayment, { services }).to(Payment, paymentId, created, succeeded, due)).toEqual([
      { aggregate: 'payment', command: 'confirmRefund', id: paymentId, input: { refundId: 'refund-1' } },
    ])
    expect(calls.at(-1)?.[0]).toEqual({ chargeId: 'charge-1', amount: 400 })
  })

  test('is asked again with the same key, which is another one for the next payment', async () => {
    calls.length = 0
    for (const attempt of [1, 2]) {
      await reacting(chargeCard, { services, attempt }).to(Payment, paymentId, created)
    }
    await reacting(chargeCard, { services }).to(Payment, 'another', created)
    const [first, again, other] = calls.map(([, { idempotencyKey }]) => idempotencyKey)
    expect(again).toBe(first)
    expect(other).not.toBe(first)
  })
})

describe('the order', () => {
  test('hears what has become of its payment', async () => {
    expect(await reacting(takePaymentResult).to(Payment, paymentId, created, succeeded)).toEqual([
      { aggregate: 'order', command: 'confirmPayment', id: orderId, input: { paymentId } },
    ])
    expect(await reacting(takePaymentResult).to(Payment, paymentId, created, failed)).toEqual([
      {
        aggregate: 'order',
        command: 'abandon',
        id: orderId,
        input: { because: 'payment-failed', note: 'The card was declined' },
      },
    ])
  })

  test('hears what the barista has done', async () => {
    const completed = Fulfilment.event('Completed', { orderId, note: null })
    expect(await reacting(closeOrder).to(Fulfilment, fulfilmentId, completed)).toEqual([
      { aggregate: 'order', command: 'complete', id: orderId, input: { fulfilmentId } },
    ])
    const rejected = Fulfilment.event('Rejected', { orderId, note: 'Out of milk' })
    expect(await reacting(closeOrder).to(Fulfilment, fulfilmentId, rejected)).toEqual([
      {
        aggregate: 'order',
        command: 'abandon',
        id: orderId,
        input: { because: 'fulfilment-rejected', note: 'Out of milk' },
      },
    ])
  })
})

describe('when an order is paid', () => {
  test('it is to be made', async () => {
    expect(await reacting(fulfilOrder).to(Order, orderId, placed, confirmed)).toEqual([
      { aggregate: 'fulfilment', command: 'create', id: fulfilmentId, input: { orderId } },
    ])
  })
})

describe('when an order is cancelled', () => {
  test('nothing is made any more', async () => {
    expect(await reacting(fulfilOrder).to(Order, orderId, placed, cancelled)).toEqual([
      { aggregate: 'fulfilment', command: 'callOff', id: fulfilmentId, input: { note: 'Changed my mind' } },
    ])
  })

  test('its money is given back', async () => {
    expect(await reacting(refundOrder).to(Order, orderId, placed, cancelled)).toEqual([
      { aggregate: 'payment', command: 'refund', id: paymentId, input: { note: 'Changed my mind' } },
    ])
  })
})

describe('the time to pay', () => {
  const expire = { aggregate: 'order', command: 'expire', id: orderId, input: {} }

  test('is a quarter of an hour', async () => {
    expect(await reacting(paymentDeadline).to(Order, orderId, placed)).toEqual([
      { timer: orderId, after: 900_000, command: expire },
    ])
  })

  test('is what the environment says, in seconds', async () => {
    vi.stubEnv('PAYMENT_TIMEOUT_SECONDS', '90')
    expect(await reacting(paymentDeadline).to(Order, orderId, placed)).toEqual([
      { timer: orderId, after: 90_000, command: expire },
    ])
    vi.stubEnv('PAYMENT_TIMEOUT_SECONDS', 'soon')
    await expect(reacting(paymentDeadline).to(Order, orderId, placed)).rejects.toThrow("is 'soon'")
  })

  test.each(['soon', '-1', '1.5', '9999999999'])('lets nothing start when the environment says %j', (seconds) => {
    vi.stubEnv('PAYMENT_TIMEOUT_SECONDS', seconds)
    expect(() => services({ data: 'data' })).toThrow(`PAYMENT_TIMEOUT_SECONDS is '${seconds}'`)
  })

  test.each([['paid', confirmed] as const, ['cancelled', cancelled] as const])(
    'ends when it is %s',
    async (_, event) => {
      expect(await reacting(paymentDeadline).to(Order, orderId, event)).toEqual([{ timer: orderId, cancelled: true }])
    },
  )
})
