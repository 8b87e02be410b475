import { expectTypeOf } from 'vitest'
import * as z from 'zod'
import { app, projection, route } from './index.ts'
import { Order, type OrderState } from './shop.test-d.ts'

/** What the compiler knows of a route table, and what it refuses. */

const Orders = projection('orders', {
  schema: z.object({ id: z.string(), total: z.int() }),
  indexes: ['total'],
}).create(Order, { Placed: (event) => ({ id: event.aggregateId, total: event.data.total }) })

// An answer is built from the decision: events, their data by type, and the state after it.
route(Order.commands.place, {
  respond: {
    schema: z.object({ total: z.int() }),
    map: ({ id, version, events, state, eventData }) => {
      expectTypeOf(id).toEqualTypeOf<string>()
      expectTypeOf(version).toEqualTypeOf<number>()
      expectTypeOf(state).toEqualTypeOf<OrderState>()
      expectTypeOf(events).items.toHaveProperty('type')
      expectTypeOf(events[0]?.type).toEqualTypeOf<'Placed' | 'Cancelled' | 'Paid' | undefined>()
      expectTypeOf(eventData('Placed')).toEqualTypeOf<{ total: number; note?: string | undefined }>()
      expectTypeOf(eventData('Cancelled')).toEqualTypeOf<{ reason: string }>()
      return { total: eventData('Placed').total }
    },
  },
})

route(Order.commands.place, {
  respond: {
    schema: z.object({ total: z.int() }),
    // @ts-expect-error: an order has no such event
    map: ({ eventData }) => ({ total: eventData('Refunded').total }),
  },
})

// @ts-expect-error: the answer's total is a number
route(Order.commands.place, { respond: { schema: z.object({ total: z.int() }), map: () => ({ total: 'much' }) } })

route(Order.commands.place, { id: 'path.id', status: 202, location: '/orders/:id' })
// @ts-expect-error: an id comes from the path, from the body, or is new
route(Order.commands.place, { id: 'query.id' })
// @ts-expect-error: no answer of success
route(Order.commands.place, { status: 404 })

// Lists are filtered and sorted by fields of the document.
route(Orders.list, { filters: ['total'], sort: '-total' })
route(Orders.list, { sort: 'id' })
// @ts-expect-error: documents have no 'weight'
route(Orders.list, { filters: ['weight'] })
// @ts-expect-error: documents have no 'weight'
route(Orders.list, { sort: 'weight' })
// @ts-expect-error: documents have no 'weight'
route(Orders.list, { sort: '-weight' })
// @ts-expect-error: a single document is not filtered
route(Orders.get, { filters: ['total'] })

app('shop', { routes: { 'POST /orders': Order.commands.place, 'GET /orders/:id': Orders.get }, projections: [Orders] })
// @ts-expect-error: no such method
app('shop', { routes: { 'FETCH /orders': Orders.list } })
// @ts-expect-error: a path begins with a slash
app('shop', { routes: { 'GET orders': Orders.list } })
// @ts-expect-error: a projection is asked through its queries
app('shop', { routes: { 'GET /orders': Orders } })
