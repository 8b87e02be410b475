import { app, choose, constant, route } from 'weir'
import * as z from 'zod'
import { Fulfilment } from './fulfilment.ts'
import { MenuItem, menu } from './menu.ts'
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
import {
  FulfilmentDocument,
  Fulfilments,
  OrderDocument,
  Orders,
  PaymentDocument,
  Payments,
  placedOrder,
} from './read-models.ts'

export { services } from './services.ts'

const Cancelled = OrderDocument.pick({ id: true, status: true, note: true }).meta({ id: 'CancelledOrder' })
const Created = PaymentDocument.pick({ id: true, orderId: true, status: true, amount: true }).meta({
  id: 'CreatedPayment',
})
const Closed = FulfilmentDocument.pick({ id: true, status: true, note: true }).meta({ id: 'ClosedFulfilment' })

export const coffee = app('coffee', {
  title: 'Coffee',
  description: 'Order, payment and fulfilment: three streams that find to one end, whatever comes in between.',
  routes: {
    'GET /coffees': route(constant(z.array(MenuItem), [...menu]), { summary: 'The menu; prices are in cents' }),
    'POST /order': route(Order.commands.create, {
      summary: 'Order a coffee',
      respond: {
        schema: OrderDocument,
        map: ({ id, events: [placed], eventData }) =>
          placedOrder({ aggregateId: id, recordedAt: placed?.recordedAt ?? '', data: eventData('Placed') }),
      },
    }),
    'GET /order': route(Orders.list, {
      summary: 'Orders of a day (today if not given) or of a customer, the newest first',
      filters: ['date', 'customerId'],
      exclusive: ['date', 'customerId'],
      defaultFilter: { date: 'today' },
      sort: '-createdAt',
    }),
    'GET /order/:id': route(Orders.get, { summary: 'One order' }),
    'PATCH /order/:id': choose('status', {
      ORDER_CANCELLED: route(Order.commands.cancel, {
        summary: 'Cancel an order',
        description: 'Possible until it is completed. What has been paid is given back.',
        respond: {
          schema: Cancelled,
          map: ({ id, eventData }) => ({ id, status: 'ORDER_CANCELLED', note: eventData('Cancelled').note }),
        },
      }),
    }),
    'POST /payment': route(Payment.commands.create, {
      summary: 'Pay for an order',
      description: 'An order has one payment. The card is charged in the background; card_slow takes three seconds.',
      id: 'derived.orderId',
      location: '/payment/:id',
      respond: {
        schema: Created,
        map: ({ id, eventData }) => {
          const { orderId, amount } = eventData('Created')
          return { id, orderId, status: 'PAYMENT_CREATED', amount }
        },
      },
    }),
    'GET /payment': route(Payments.list, {
      summary: 'Payments of a day (today if not given) or of a customer, the newest first',
      filters: ['date', 'customerId'],
      exclusive: ['date', 'customerId'],
      defaultFilter: { date: 'today' },
      sort: '-createdAt',
    }),
    'GET /payment/:id': route(Payments.get, { summary: 'One payment' }),
    'GET /fulfilment': route(Fulfilments.list, {
      summary: 'Fulfilments of a day (today if nothing is given), of a customer, or in a status, as they came in',
      filters: ['date', 'customerName', 'status'],
      exclusive: ['date', 'customerName'],
      defaultFilter: { date: 'today' },
      sort: 'createdAt',
    }),
    'GET /fulfilment/:id': route(Fulfilments.get, { summary: 'One fulfilment' }),
    'PATCH /fulfilment/:id': choose(
      'status',
      {
        FULFILMENT_COMPLETED: route(Fulfilment.commands.complete, {
          summary: 'Complete a fulfilment',
          description: 'Once, for good. The order is then completed.',
          respond: {
            schema: Closed,
            map: ({ id, eventData }) => ({ id, status: 'FULFILMENT_COMPLETED', note: eventData('Completed').note }),
          },
        }),
        FULFILMENT_REJECTED: route(Fulfilment.commands.reject, {
          summary: 'Reject a fulfilment',
          description: 'Once, for good. The order is then cancelled, and what has been paid is given back.',
          respond: {
            schema: Closed,
            map: ({ id, eventData }) => ({ id, status: 'FULFILMENT_REJECTED', note: eventData('Rejected').note }),
          },
        }),
      },
      {
        summary: 'Complete or reject a fulfilment',
        description: 'Once, for good. The order is then completed, or cancelled and what has been paid is given back.',
      },
    ),
  },
  projections: [Orders, Payments, Fulfilments],
  policies: [chargeCard, refundPayment, takePaymentResult, fulfilOrder, refundOrder, closeOrder, paymentDeadline],
})

export default coffee
