import { aggregate, reject } from 'weir'
import * as z from 'zod'
import { Note } from './note.ts'
import { noSuchOrder, Order, tooLate } from './order.ts'

/**
 * The payment of an order. Its id is derived from the order's, so that an order has one.
 *
 * 1. It is refunded once at most, and only if its charge succeeded.
 * 2. A refund that is asked for while the charge is under way is remembered, and due when the charge succeeds.
 */

export const PaymentMethod = z.enum(['card_ok', 'card_declined', 'card_slow'])

/** What became of a charge. */
const Charged = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('succeeded'), chargeId: z.string() }),
  z.object({ outcome: z.literal('declined'), reason: z.string() }),
])

const ofOrder = z.object({ orderId: z.string() })

interface Details {
  readonly orderId: string
  readonly amount: number
}

type Progress =
  | { readonly status: 'charging'; readonly refund: { readonly note: string | null } | undefined }
  | { readonly status: 'succeeded'; readonly chargeId: string }
  | { readonly status: 'failed' | 'refund-due' | 'refunded' }

type State = { readonly status: 'none' } | (Details & Progress)

export const Payment = aggregate('payment', {
  events: {
    Created: ofOrder.extend({ customerId: z.string(), amount: z.int().positive(), method: PaymentMethod }),
    Succeeded: ofOrder.extend({ chargeId: z.string() }),
    Failed: ofOrder.extend({ reason: z.string() }),
    RefundRequested: ofOrder.extend({ note: Note }),
    RefundDue: ofOrder.extend({ chargeId: z.string(), amount: z.int().positive(), note: Note }),
    Refunded: ofOrder.extend({ refundId: z.string() }),
  },
  initialState: { status: 'none' } as State,
})
  .evolve({
    Created: (_, { orderId, amount }) => ({ status: 'charging', orderId, amount, refund: undefined }),
    Succeeded: (payment, { chargeId }) => become(payment, { status: 'succeeded', chargeId }),
    Failed: (payment) => become(payment, { status: 'failed' }),
    RefundRequested: (payment, { note }) => become(payment, { status: 'charging', refund: { note } }),
    RefundDue: (payment) => become(payment, { status: 'refund-due' }),
    Refunded: (payment) => become(payment, { status: 'refunded' }),
  })
  .commands({
    create: {
      input: z.object({ orderId: z.string(), paymentMethod: PaymentMethod.default('card_ok') }),
      reads: { order: Order.at('orderId') },
      decide: (payment, { orderId, paymentMethod }, { order: { state: order } }) => {
        if (order.status === 'unplaced') return noSuchOrder()
        if (payment.status !== 'none') return reject('payment-exists', 'This order has its payment already')
        if (order.status !== 'placed') return tooLate(order.status)
        const { customerId, coffee } = order
        return { type: 'Created', data: { orderId, customerId, amount: coffee.price, method: paymentMethod } }
      },
    },
    /** The gateway has answered. What it says again changes nothing. */
    settle: {
      input: Charged,
      decide: (payment, charged) => {
        if (payment.status === 'none') return noSuchPayment()
        if (payment.status !== 'charging') return undefined
        const { orderId, amount, refund } = payment
        if (charged.outcome === 'declined') return { type: 'Failed', data: { orderId, reason: charged.reason } }
        const { chargeId } = charged
        const succeeded = { type: 'Succeeded' as const, data: { orderId, chargeId } }
        return refund ? [succeeded, refundDue({ orderId, amount, chargeId }, refund.note)] : succeeded
      },
    },
    /** The order is cancelled: whatever has been or will be charged for it is given back. */
    refund: {
      input: z.object({ note: Note }),
      decide: (payment, { note }) => {
        if (payment.status === 'succeeded') return refundDue(payment, note)
        if (payment.status !== 'charging' || payment.refund) return undefined
        return { type: 'RefundRequested', data: { orderId: payment.orderId, note } }
      },
    },
    confirmRefund: {
      input: z.object({ refundId: z.string() }),
      decide: (payment, { refundId }) => {
        if (payment.status === 'refunded') return undefined
        if (payment.status !== 'refund-due') return reject('no-refund-due', 'No refund of this payment is under way')
        return { type: 'Refunded', data: { orderId: payment.orderId, refundId } }
      },
    },
  })

function become(payment: State, progress: Progress): State {
  if (payment.status === 'none') return payment
  const { orderId, amount } = payment
  return { orderId, amount, ...progress }
}

function refundDue({ orderId, amount, chargeId }: Details & { readonly chargeId: string }, note: string | null) {
  return { type: 'RefundDue' as const, data: { orderId, chargeId, amount, note } }
}

const noSuchPayment = () => reject('payment-not-found', 'No such payment', { status: 404 })
