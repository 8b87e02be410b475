import { expectTypeOf } from 'vitest'
import * as z from 'zod'
import { app, choose, constant, projection, route, type Written } from '../definitions/index.ts'
import { Order } from '../definitions/shop.test-d.ts'
import { type AnswerOf, client, type Page } from './index.ts'

/** What the compiler knows of an application that is called, and what it refuses. */

const Orders = projection('orders', {
  schema: z.object({ id: z.string(), total: z.int(), status: z.enum(['new', 'paid']), note: z.string().nullable() }),
  indexes: ['total', 'status'],
}).create(Order, { Placed: (event) => ({ id: event.aggregateId, total: event.data.total, status: 'new', note: null }) })

interface Document {
  id: string
  total: number
  status: 'new' | 'paid'
  note: string | null
}

const shop = app('shop', {
  routes: {
    'POST /orders': Order.commands.place,
    'POST /orders/:id/cancellation': Order.commands.cancel,
    'POST /cancellations': route(Order.commands.cancel, {
      id: 'body.orderId',
      respond: { schema: z.object({ id: z.string(), done: z.literal(true) }), map: ({ id }) => ({ id, done: true }) },
    }),
    'PUT /orders/:id': route(Order.commands.place, { summary: 'Place it' }),
    'PATCH /orders/:id': choose('status', {
      CANCELLED: route(Order.commands.cancel, {
        respond: { schema: z.object({ id: z.string(), done: z.literal(true) }), map: ({ id }) => ({ id, done: true }) },
      }),
      PLACED: Order.commands.place,
    }),
    'GET /orders': Orders.list,
    'GET /all': route(Orders.list, { summary: 'All' }),
    'GET /paid': route(Orders.list, { filters: ['status'], sort: '-total' }),
    'GET /orders/:id': Orders.get,
    'GET /shops/:shop/orders/:id': route(Orders.get, { summary: 'An order' }),
    'GET /sizes': constant(z.array(z.enum(['small', 'large'])), ['small']),
    'POST /replay': route(Orders.rebuild, { summary: 'Fold them anew' }),
    'GET /replay': Orders.progress,
  },
  projections: [Orders],
})

const api = client<typeof shop>('/shop')

// Documents, pages and constants are answered as what they are.
expectTypeOf(await api.get('/orders/:id', { id: 'a' })).toEqualTypeOf<Document>()
expectTypeOf(await api.get('/orders')).toEqualTypeOf<Page<Document>>()
expectTypeOf((await api.get('/orders')).next).toEqualTypeOf<string | undefined>()
expectTypeOf(await api.get('/paid', { status: 'paid', limit: 20 })).items.toEqualTypeOf<Document>()
expectTypeOf(await api.get('/sizes')).toEqualTypeOf<('small' | 'large')[]>()
expectTypeOf((await api.get('/replay')).secondsLeft).toEqualTypeOf<number | null>()
expectTypeOf(await api.get('/shops/:shop/orders/:id', { shop: 'b', id: 'a' })).toEqualTypeOf<Document>()

expectTypeOf<AnswerOf<typeof shop, 'GET /orders/:id'>>().toEqualTypeOf<Document>()
expectTypeOf<AnswerOf<typeof shop, 'PUT /orders/:id'>>().toEqualTypeOf<Written>()

// Lists are filtered and sorted by what is indexed, and by what the route says.
api.get('/orders', { status: 'paid', 'total[gte]': 5, sort: '-total', cursor: 'x' })
api.get('/all', { 'status[lt]': 'paid', total: 5 })
// @ts-expect-error: there is no such path
api.get('/order')
// @ts-expect-error: it takes no GET
api.get('/cancellations')
// @ts-expect-error: the id is missing
api.get('/orders/:id')
// @ts-expect-error: so it is
api.get('/orders/:id', {})
// @ts-expect-error: one parameter is missing
api.get('/shops/:shop/orders/:id', { id: 'a' })
// @ts-expect-error: documents have no colour
api.get('/orders', { colour: 'red' })
// @ts-expect-error: the note is no index
api.get('/orders', { note: 'x' })
// @ts-expect-error: the note is no index here, either
api.get('/all', { note: 'x' })
// @ts-expect-error: this route has another filter
api.get('/paid', { total: 5 })
// @ts-expect-error: no order is gone
api.get('/orders', { status: 'gone' })
// @ts-expect-error: the total is a number
api.get('/orders', { 'total[gte]': 'much' })
// @ts-expect-error: the note is no index
api.get('/orders', { sort: 'note' })
// @ts-expect-error: a constant has no query
api.get('/sizes', { limit: 5 })

// Commands take their input as it is written, with path parameters and the id from the body.
expectTypeOf(await api.post('/orders', { total: '5' })).toEqualTypeOf<{
  readonly id: string
  readonly version: number
}>()
expectTypeOf(await api.post('/cancellations', { orderId: 'a', reason: 'late' })).toEqualTypeOf<{
  id: string
  done: true
}>()
expectTypeOf((await api.post('/replay')).generation).toEqualTypeOf<number>()
api.post('/orders/:id/cancellation', { id: 'a', reason: 'late' }, { ifMatch: 3 })
expectTypeOf(await api.put('/orders/:id', { id: 'a', total: '5', note: 'x' })).toHaveProperty('version')
// @ts-expect-error: a rebuild takes nothing
api.post('/replay', { from: 1 })
// @ts-expect-error: the reason is missing
api.post('/orders/:id/cancellation', { id: 'a' })
// @ts-expect-error: the order is missing
api.post('/cancellations', { reason: 'late' })
// @ts-expect-error: the total is text that is read as a number
api.post('/orders', { total: 5 })
// @ts-expect-error: there is no such field
api.post('/orders', { total: '5', colour: 'red' })
// @ts-expect-error: it takes no PUT
api.put('/orders', { total: '5' })
// @ts-expect-error: what an order is made of is missing
api.post('/orders')

// The command that a field of the body chooses takes its own input.
expectTypeOf(await api.patch('/orders/:id', { id: 'a', status: 'CANCELLED', reason: 'late' })).toEqualTypeOf<
  { id: string; done: true } | Written
>()
api.patch('/orders/:id', { id: 'a', status: 'PLACED', total: '5' })
// @ts-expect-error: there is no such choice
api.patch('/orders/:id', { id: 'a', status: 'GONE' })
// @ts-expect-error: this is what the other takes
api.patch('/orders/:id', { id: 'a', status: 'PLACED', reason: 'late' })

// What is shown live is a whole list, or a document, or null.
for await (const orders of api.live('/orders', { status: 'new' }))
  expectTypeOf(orders).toEqualTypeOf<readonly Document[]>()
for await (const order of api.live('/orders/:id', { id: 'a' })) expectTypeOf(order).toEqualTypeOf<Document | null>()
// @ts-expect-error: a constant does not change
api.live('/sizes')
// @ts-expect-error: nor does progress tell when it does
api.live('/replay')
// @ts-expect-error: the id is missing
api.live('/orders/:id')
