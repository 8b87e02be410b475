import { describe, expect, test } from 'vitest'
import type { Order } from '../lib/apis.ts'
import { canBeCancelled, isToBePaid, standing, stepsOf } from './progress.ts'

const placed: Order = {
  id: 'o-1',
  coffee: { id: '3', name: 'Mocha', price: 450 },
  customerId: 'ada',
  customerName: 'Ada',
  status: 'ORDER_CREATED',
  note: null,
  paymentId: null,
  paymentStatus: 'PAYMENT_PENDING',
  fulfilmentId: null,
  fulfilmentStatus: 'FULFILMENT_PENDING',
  date: '2030-05-01',
  createdAt: '2030-05-01T09:00:00.000Z',
}
const charging: Order = { ...placed, paymentStatus: 'PAYMENT_CREATED' }
const paid: Order = { ...placed, status: 'ORDER_IN_PROGRESS', paymentStatus: 'PAYMENT_SUCCESSFUL' }
const made: Order = { ...paid, status: 'ORDER_COMPLETED', fulfilmentStatus: 'FULFILMENT_COMPLETED' }
const declined: Order = { ...placed, status: 'ORDER_CANCELLED', paymentStatus: 'PAYMENT_FAILED', note: 'No money' }
const refunded: Order = {
  ...paid,
  status: 'ORDER_CANCELLED',
  paymentStatus: 'PAYMENT_REFUNDED',
  fulfilmentStatus: 'FULFILMENT_REJECTED',
}
const cancelled: Order = { ...placed, status: 'ORDER_CANCELLED' }

describe('an order', () => {
  test.each([
    ['placed', placed, 'To be paid', ['done', 'now', 'later']],
    ['being charged', charging, 'Charging the card', ['done', 'busy', 'later']],
    ['paid', paid, 'Being made', ['done', 'done', 'busy']],
    ['made', made, 'Ready', ['done', 'done', 'done']],
    ['declined', declined, 'Cancelled', ['done', 'failed', 'later']],
    ['given back', refunded, 'Cancelled', ['done', 'done', 'failed']],
    ['cancelled before it was paid', cancelled, 'Cancelled', ['done', 'later', 'later']],
  ] as const)('that is %s says so', (_, order, words, states) => {
    expect(standing(order).words).toBe(words)
    expect(stepsOf(order).map(({ state }) => state)).toEqual(states)
  })

  test('is paid once, and cancelled until it is made', () => {
    expect([placed, charging, paid, cancelled].map(isToBePaid)).toEqual([true, false, false, false])
    expect([placed, charging, paid, made, declined].map(canBeCancelled)).toEqual([true, true, true, false, false])
  })

  test('that was declined says why', () => {
    expect(stepsOf(declined)[1]?.text).toBe('No money')
  })
})
