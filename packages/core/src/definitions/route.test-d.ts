import { expectTypeOf } from 'vitest'
import * as z from 'zod'
import { apiKey, app, constant, type EventMetadata, projection, route } from './index.ts'
import { Order, type OrderState } from './shop.test-d.ts'

/** What the compiler knows of a route table, and what it refuses. */

const Orders = projection('orders', {
  schema: z.object({ id: z.string(), total: z.int(), status: z.enum(['new', 'paid']), date: z.string().optional() }),
  indexes: ['total', 'status', 'date'],
}).create(Order, { Placed: (event) => ({ id: event.aggregateId, total: event.data.total, status: 'new' }) })

// An answer is built from the decision: events, their data by type, and the state after it.
route(Order.commands.place, {
  respond: {
    schema: z.object({ total: z.int() }),
    map: ({ id, version, events, state, eventData }) => {
      expectTypeOf(id).toEqualTypeOf<string>()
      expectTypeOf(version).toEqualTypeOf<number>()
      expectTypeOf(state).toEqualTypeOf<OrderState>()
      expectTypeOf(events).items.toHaveProperty('type')
      expectTypeOf(events).items.toExtend<EventMetadata>()
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

// What an answer says is what its schema knows, not any text.
const Placed = z.object({ id: z.string(), status: z.enum(['placed', 'paid']), tags: z.array(z.literal('new')) })
route(Order.commands.place, {
  respond: { schema: Placed, map: ({ id }) => ({ id, status: 'placed', tags: ['new'] }) },
})
// @ts-expect-error: the status is another
route(Order.commands.place, { respond: { schema: Placed, map: ({ id }) => ({ id, status: 'gone', tags: [] }) } })
// @ts-expect-error: the tag is another
route(Order.commands.place, { respond: { schema: Placed, map: ({ id }) => ({ id, status: 'paid', tags: ['old'] }) } })

// Some filters exclude each other, and one may apply by itself.
route(Orders.list, { exclusive: ['total', 'date'], defaultFilter: { date: 'today' } })
route(Orders.list, { defaultFilter: { total: 5 } })
route(Orders.list, { defaultFilter: { status: 'paid' } })
// @ts-expect-error: documents have no 'weight'
route(Orders.list, { exclusive: ['total', 'weight'] })
// @ts-expect-error: documents have no 'weight'
route(Orders.list, { defaultFilter: { weight: 5 } })
// @ts-expect-error: the total is a number
route(Orders.list, { defaultFilter: { total: 'much' } })
// @ts-expect-error: no such status
route(Orders.list, { defaultFilter: { status: 'gone' } })
// @ts-expect-error: a single document has no filters
route(Orders.get, { defaultFilter: { date: 'today' } })

// A constant fits its schema.
constant(z.array(z.object({ id: z.string() })), [{ id: '1' }])
// @ts-expect-error: the id is text
constant(z.array(z.object({ id: z.string() })), [{ id: 1 }])

// Guards, rebuilds and derived ids.
app('shop', {
  guard: apiKey(),
  routes: {
    'POST /orders': route(Order.commands.cancel, { id: 'derived.reason', guard: 'none' }),
    'GET /sizes': route(constant(z.string(), 'small'), { guard: 'none', summary: 'Sizes' }),
    'POST /replay': route(Orders.rebuild, { guard: apiKey() }),
    'GET /replay': Orders.progress,
  },
  projections: [Orders],
})
// @ts-expect-error: no such guard
route(Orders.get, { guard: 'all' })
// @ts-expect-error: a rebuild has no filters
route(Orders.rebuild, { filters: ['total'] })

app('shop', { routes: { 'POST /orders': Order.commands.place, 'GET /orders/:id': Orders.get }, projections: [Orders] })
// @ts-expect-error: no such method
app('shop', { routes: { 'FETCH /orders': Orders.list } })
// @ts-expect-error: a path begins with a slash
app('shop', { routes: { 'GET orders': Orders.list } })
// @ts-expect-error: a projection is asked through its queries
app('shop', { routes: { 'GET /orders': Orders } })
