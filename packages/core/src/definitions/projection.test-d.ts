import { expectTypeOf } from 'vitest'
import * as z from 'zod'
import { type Projection, projection, type Query } from './index.ts'
import { Order, Payment } from './shop.test-d.ts'

/** What the compiler knows of a projection, and what it refuses. */

const schema = z.object({ id: z.string(), total: z.int(), note: z.string().optional() })
type Document = { id: string; total: number; note?: string | undefined }

const orders = () => projection('orders', { schema, indexes: ['total', 'note'] })

const Orders = orders()
  .create(Order, {
    Placed: (event) => {
      expectTypeOf(event.type).toEqualTypeOf<'Placed'>()
      expectTypeOf(event.data).toEqualTypeOf<{ total: number; note?: string | undefined }>()
      expectTypeOf(event.aggregateId).toEqualTypeOf<string>()
      expectTypeOf(event.recordedAt).toEqualTypeOf<string>()
      expectTypeOf(event.version).toEqualTypeOf<number>()
      return { id: event.aggregateId, total: event.data.total }
    },
  })
  .update(Order, {
    Paid: (document, event) => {
      // An update never sees a document that is not there.
      expectTypeOf(document).toEqualTypeOf<Document>()
      expectTypeOf(event.data).toEqualTypeOf<{ cents: number }>()
      return { ...document, total: document.total - event.data.cents }
    },
  })
  .remove(Order, ['Cancelled'])

// An upsert may see none, and may answer none.
Orders.upsert(Order, {
  Paid: (document, event) => {
    expectTypeOf(document).toEqualTypeOf<Document | undefined>()
    return event.data.cents === 0 ? undefined : { id: event.aggregateId, total: document?.total ?? 0 }
  },
})

// Where the document is found is said in terms of the events.
Orders.update(
  Payment,
  { Created: (document) => document },
  {
    id: (event) => {
      expectTypeOf(event.data).toEqualTypeOf<{ orderId: string; cents: number }>()
      return event.data.orderId
    },
  },
)

// Its queries know its documents.
expectTypeOf(Orders).toEqualTypeOf<Projection<'orders', typeof schema, 'total' | 'note'>>()
expectTypeOf(Orders.list).toEqualTypeOf<Query<'list', Document, 'total' | 'note'>>()
expectTypeOf(Orders.get).toEqualTypeOf<Query<'get', Document>>()

// @ts-expect-error: there is no such event
orders().create(Order, { Refunded: () => ({ id: 'a', total: 0 }) })

// @ts-expect-error: the document has no total
orders().create(Order, { Placed: (event) => ({ id: event.aggregateId }) })

// @ts-expect-error: 'total' is a number
orders().create(Order, { Placed: (event) => ({ id: event.aggregateId, total: 'much' }) })

// @ts-expect-error: the data of Placed has no 'cents'
orders().create(Order, { Placed: (event) => ({ id: event.aggregateId, total: event.data.cents }) })

// @ts-expect-error: an update cannot remove its document
orders().update(Order, { Paid: () => undefined })

// @ts-expect-error: there is no such event
orders().remove(Order, ['Refunded'])

// @ts-expect-error: the id is text
orders().update(Payment, { Created: (document) => document }, { id: (event) => event.data.cents })

// @ts-expect-error: documents have no 'weight' to index
projection('orders', { schema, indexes: ['weight'] })

// @ts-expect-error: a document needs an id
projection('orders', { schema: z.object({ total: z.int() }) })

// @ts-expect-error: the id is text
projection('orders', { schema: z.object({ id: z.int() }) })

// Where the document is found is asked only of the events that are handled.
orders().update(Order, { Paid: (document) => document }, { id: (event) => String(event.data.cents) })
orders().remove(Order, ['Cancelled'], { id: (event) => event.data.reason })

// @ts-expect-error an event that is not handled has other data
orders().update(Order, { Paid: (document) => document }, { id: (event) => event.data.reason })
