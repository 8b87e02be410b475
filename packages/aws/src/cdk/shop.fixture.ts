import { after, aggregate, app, policy, projection, service } from 'weir'
import * as z from 'zod'

/** A shop with one of each: a projection of two aggregates that can be rebuilt, a policy with a service, one with timers, a public event. */

const Order = aggregate('order', { events: { Placed: z.object({}) }, initialState: 0 })
  .evolve({ Placed: (count) => count + 1 })
  .commands({ place: { input: z.object({}), decide: () => ({ type: 'Placed', data: {} }) } })

const Parcel = aggregate('parcel', {
  events: { Sent: z.object({ orderId: z.string() }) },
  public: ['Sent'],
  initialState: 0,
})
  .evolve({ Sent: (count) => count + 1 })
  .commands({ send: { input: z.object({ orderId: z.string() }), decide: (_, data) => ({ type: 'Sent', data }) } })

const Orders = projection('orders', { schema: z.object({ id: z.string(), sent: z.boolean() }) })
  .create(Order, { Placed: ({ aggregateId: id }) => ({ id, sent: false }) })
  .update(Parcel, { Sent: (order) => ({ ...order, sent: true }) }, { id: ({ data }) => data.orderId })

const Carrier = service<{ collect(orderId: string): Promise<void> }>('carrier')

const sendParcel = policy('send-parcel', { services: { carrier: Carrier }, timeout: '2 minutes' }).on(Order, {
  Placed: async ({ aggregateId }, { carrier }) => {
    await carrier.collect(aggregateId)
    return Parcel.commands.send(aggregateId, { orderId: aggregateId })
  },
})

const remind = policy('remind').on(Parcel, {
  Sent: ({ data: { orderId } }) => after('1 day', Order.commands.place(orderId, {}), { key: orderId }),
})

export const shop = app('shop', {
  routes: {
    'POST /orders': Order.commands.place,
    'GET /orders': Orders.list,
    'POST /orders/rebuild': Orders.rebuild,
  },
  projections: [Orders],
  policies: [sendParcel, remind],
})
