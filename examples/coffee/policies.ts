import { after, cancel, derivedIdOf, policy } from 'weir'
import { Fulfilment } from './fulfilment.ts'
import { PaymentGateway } from './gateway.ts'
import { Order } from './order.ts'
import { Payment } from './payment.ts'
import { paymentTimeout } from './payment-timeout.ts'

/**
 * What follows from what. No order is promised between two streams, so a command may come after another one that has decided
 * the matter: the aggregate that it is for then rejects it, or does nothing, and whoever was first has the last word.
 */

/** Asks the gateway for the money. It is asked again until it answers, always with the same key. */
export const chargeCard = policy('charge-card', { services: { gateway: PaymentGateway } }).on(Payment, {
  Created: async ({ aggregateId: paymentId, data: { amount, method } }, { gateway }, call) =>
    Payment.commands.settle(paymentId, await gateway.charge({ paymentId, amount, method }, call)),
})

/** Gives the money back, in the same way. */
export const refundPayment = policy('refund-payment', { services: { gateway: PaymentGateway } }).on(Payment, {
  RefundDue: async ({ aggregateId: paymentId, data: { chargeId, amount } }, { gateway }, call) =>
    Payment.commands.confirmRefund(paymentId, await gateway.refund({ chargeId, amount }, call)),
})

/**
 * Tells the order what has become of its payment. An order that was cancelled while the charge was under way rejects its
 * confirmation: the refund that was asked for meanwhile is due by then.
 */
export const takePaymentResult = policy('take-payment-result').on(Payment, {
  Succeeded: ({ aggregateId: paymentId, data }) => Order.commands.confirmPayment(data.orderId, { paymentId }),
  Failed: ({ data }) => Order.commands.abandon(data.orderId, { because: 'payment-failed', note: data.reason }),
})

/** Has a paid order made, and a cancelled one not. One policy, so that both keep the order that the stream has. */
export const fulfilOrder = policy('fulfil-order').on(Order, {
  PaymentConfirmed: ({ aggregateId: orderId }) => Fulfilment.commands.create(fulfilmentOf(orderId), { orderId }),
  Cancelled: ({ aggregateId: orderId, data: { note } }) => Fulfilment.commands.callOff(fulfilmentOf(orderId), { note }),
})

/** Gives back what has been paid for a cancelled order, or will have been when the charge that is under way succeeds. */
export const refundOrder = policy('refund-order').on(Order, {
  Cancelled: ({ aggregateId: orderId, data: { note } }) =>
    Payment.commands.refund(derivedIdOf(Payment, orderId), { note }),
})

/**
 * Tells the order what the barista has done. An order that the customer cancelled in the same moment rejects its
 * completion: it stays cancelled and is refunded, though the coffee was made.
 */
export const closeOrder = policy('close-order').on(Fulfilment, {
  Completed: ({ aggregateId: fulfilmentId, data }) => Order.commands.complete(data.orderId, { fulfilmentId }),
  Rejected: ({ data }) => Order.commands.abandon(data.orderId, { because: 'fulfilment-rejected', note: data.note }),
})

/** Does not wait for ever for a payment. */
export const paymentDeadline = policy('payment-deadline').on(Order, {
  Placed: ({ aggregateId: orderId }) => after(paymentTimeout(), Order.commands.expire(orderId, {}), { key: orderId }),
  PaymentConfirmed: ({ aggregateId: orderId }) => cancel(orderId),
  Cancelled: ({ aggregateId: orderId }) => cancel(orderId),
})

const fulfilmentOf = (orderId: string): string => derivedIdOf(Fulfilment, orderId)
