import { type App, aggregate, apiKey, app, constant, projection, route } from 'weir'
import * as z from 'zod'

/** A café whose routes are of the rarer kinds: a menu, lists of today, ids that are derived, a replay, a guard. */

const Placed = z.object({ customerId: z.string().min(1), date: z.iso.date() })
const Paid = z.object({ orderId: z.string().trim().min(1) })

export const Order = aggregate('order', { events: { Placed }, initialState: 0 })
  .evolve({ Placed: (placed) => placed + 1 })
  .commands({ place: { input: Placed, decide: (_, data) => ({ type: 'Placed', data }) } })

export const Payment = aggregate('payment', { events: { Paid }, initialState: false })
  .evolve({ Paid: () => true })
  .commands({ pay: { input: Paid, decide: (isPaid, data) => (isPaid ? undefined : { type: 'Paid', data }) } })

export const Orders = projection('orders', {
  schema: z.object({ id: z.string(), customerId: z.string(), date: z.string() }),
  indexes: ['customerId', 'date'],
}).create(Order, { Placed: ({ aggregateId, data }) => ({ id: aggregateId, ...data }) })

export const menu = [{ id: '1', name: 'Cappuccino', price: 370 }]

export const cafe: App = app('cafe', {
  guard: apiKey(),
  routes: {
    'GET /coffees': route(constant(z.array(z.object({ id: z.string(), name: z.string(), price: z.int() })), menu), {
      guard: 'none',
    }),
    'POST /orders': Order.commands.place,
    'GET /orders': route(Orders.list, {
      sort: 'customerId',
      exclusive: ['date', 'customerId'],
      defaultFilter: { date: 'today' },
    }),
    'GET /orders/:id': Orders.get,
    'POST /payments': route(Payment.commands.pay, { id: 'derived.orderId' }),
    'POST /replay': Orders.rebuild,
    'GET /replay': Orders.progress,
  },
  projections: [Orders],
})
