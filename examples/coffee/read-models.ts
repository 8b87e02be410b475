import { projection, type RecordedEvent } from 'weir'
import * as z from 'zod'
import { Fulfilment } from './fulfilment.ts'
import { Coffee } from './menu.ts'
import { Order } from './order.ts'
import { Payment } from './payment.ts'

const moment = {
  /** The day of `createdAt`, in UTC. */
  date: z.iso.date(),
  createdAt: z.iso.datetime(),
}

const OrderStatus = z.enum(['ORDER_CREATED', 'ORDER_IN_PROGRESS', 'ORDER_CANCELLED', 'ORDER_COMPLETED'])

const PaymentStatus = z.enum(['PAYMENT_CREATED', 'PAYMENT_SUCCESSFUL', 'PAYMENT_FAILED', 'PAYMENT_REFUNDED'])

const FulfilmentStatus = z.enum(['FULFILMENT_CREATED', 'FULFILMENT_COMPLETED', 'FULFILMENT_REJECTED'])

export const OrderDocument = z.object({
  id: z.string(),
  coffee: Coffee,
  customerId: z.string(),
  customerName: z.string(),
  status: OrderStatus,
  note: z.string().nullable(),
  paymentId: z.string().nullable(),
  paymentStatus: z.enum(['PAYMENT_PENDING', ...PaymentStatus.options]),
  fulfilmentId: z.string().nullable(),
  fulfilmentStatus: z.enum(['FULFILMENT_PENDING', ...FulfilmentStatus.options]),
  ...moment,
})

/** An order as it is when it has just been placed. */
export function placedOrder({ aggregateId: id, recordedAt, data }: Placed): z.output<typeof OrderDocument> {
  return {
    id,
    ...data,
    status: 'ORDER_CREATED',
    note: null,
    paymentId: null,
    paymentStatus: 'PAYMENT_PENDING',
    fulfilmentId: null,
    fulfilmentStatus: 'FULFILMENT_PENDING',
    ...momentOf(recordedAt),
  }
}

type Placed = Pick<RecordedEvent<string, z.output<typeof Order.events.Placed>>, 'aggregateId' | 'recordedAt' | 'data'>

/**
 * Orders with what is known of their payment and fulfilment. Each stream changes fields of its own, so that it does not
 * matter which one is ahead.
 */
export const Orders = projection('orders', { schema: OrderDocument, indexes: ['date', 'customerId', 'createdAt'] })
  .create(Order, { Placed: placedOrder })
  .update(Order, {
    PaymentConfirmed: (order) => ({ ...order, status: 'ORDER_IN_PROGRESS' }),
    Completed: (order) => ({ ...order, status: 'ORDER_COMPLETED' }),
    Cancelled: (order, { data: { note } }) => ({ ...order, status: 'ORDER_CANCELLED', note }),
  })
  .update(
    Payment,
    {
      Created: (order, { aggregateId }) => ({ ...order, paymentId: aggregateId, paymentStatus: 'PAYMENT_CREATED' }),
      Succeeded: (order) => ({ ...order, paymentStatus: 'PAYMENT_SUCCESSFUL' }),
      Failed: (order) => ({ ...order, paymentStatus: 'PAYMENT_FAILED' }),
      Refunded: (order) => ({ ...order, paymentStatus: 'PAYMENT_REFUNDED' }),
    },
    { id: ({ data }) => data.orderId },
  )
  .update(
    Fulfilment,
    {
      Created: (order, { aggregateId }) => ({
        ...order,
        fulfilmentId: aggregateId,
        fulfilmentStatus: 'FULFILMENT_CREATED',
      }),
      Completed: (order) => ({ ...order, fulfilmentStatus: 'FULFILMENT_COMPLETED' }),
      Rejected: (order) => ({ ...order, fulfilmentStatus: 'FULFILMENT_REJECTED' }),
    },
    { id: ({ data }) => data.orderId },
  )

export const PaymentDocument = z.object({
  id: z.string(),
  orderId: z.string(),
  customerId: z.string(),
  amount: z.int32(),
  status: PaymentStatus,
  note: z.string().nullable(),
  ...moment,
})

export const Payments = projection('payments', {
  schema: PaymentDocument,
  indexes: ['date', 'customerId', 'createdAt'],
})
  .create(Payment, {
    Created: ({ aggregateId: id, recordedAt, data: { orderId, customerId, amount } }) => ({
      ...{ id, orderId, customerId, amount, status: 'PAYMENT_CREATED', note: null },
      ...momentOf(recordedAt),
    }),
  })
  .update(Payment, {
    Succeeded: (payment) => ({ ...payment, status: 'PAYMENT_SUCCESSFUL' }),
    Failed: (payment, { data }) => ({ ...payment, status: 'PAYMENT_FAILED', note: data.reason }),
    RefundDue: (payment, { data }) => ({ ...payment, note: data.note }),
    Refunded: (payment) => ({ ...payment, status: 'PAYMENT_REFUNDED' }),
  })

export const FulfilmentDocument = z.object({
  id: z.string(),
  orderId: z.string(),
  coffee: Coffee,
  customerName: z.string(),
  status: FulfilmentStatus,
  note: z.string().nullable(),
  ...moment,
})

export const Fulfilments = projection('fulfilments', {
  schema: FulfilmentDocument,
  indexes: ['date', 'customerName', 'status', 'createdAt'],
})
  .create(Fulfilment, {
    Created: ({ aggregateId: id, recordedAt, data: { orderId, coffee, customerName } }) => ({
      ...{ id, orderId, coffee, customerName, status: 'FULFILMENT_CREATED', note: null },
      ...momentOf(recordedAt),
    }),
  })
  .update(Fulfilment, {
    Completed: (fulfilment, { data: { note } }) => ({ ...fulfilment, status: 'FULFILMENT_COMPLETED', note }),
    Rejected: (fulfilment, { data: { note } }) => ({ ...fulfilment, status: 'FULFILMENT_REJECTED', note }),
  })

function momentOf(createdAt: string) {
  return { date: createdAt.slice(0, 10), createdAt }
}
