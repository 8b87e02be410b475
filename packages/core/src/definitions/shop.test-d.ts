import * as z from 'zod'
import { aggregate, type Rejection, reject } from './index.ts'

/** A shop for the type tests: an order that payments and stock have to do with. */

export type OrderState = { readonly status: 'none' } | { readonly status: 'placed'; readonly total: number }

export const Order = aggregate('order', {
  events: {
    Placed: z.object({ total: z.int(), note: z.string().optional() }),
    Cancelled: z.object({ reason: z.string() }),
    Paid: z.object({ cents: z.int() }),
  },
  initialState: { status: 'none' } as OrderState,
})
  .evolve({
    Placed: (_, { total }) => ({ status: 'placed', total }),
    Cancelled: () => ({ status: 'none' }),
    Paid: (state) => state,
  })
  .commands({
    place: {
      input: z.object({ total: z.string().transform(Number), note: z.string().default('') }),
      decide: (_, { total, note }) => ({ type: 'Placed', data: { total, note } }),
    },
    cancel: {
      input: z.object({ reason: z.string() }),
      decide: (_, { reason }) => ({ type: 'Cancelled', data: { reason } }),
    },
  })

export const Stock = aggregate('stock', {
  events: { Reserved: z.object({ orderId: z.string() }) },
  initialState: { left: 0 },
})
  .evolve({ Reserved: (state) => ({ left: state.left - 1 }) })
  .commands({})

export const Payment = aggregate('payment', {
  events: { Created: z.object({ orderId: z.string(), cents: z.int() }) },
  initialState: 'none' as 'none' | 'created',
})
  .evolve({ Created: () => 'created' })
  .commands({
    create: {
      input: z.object({ orderId: z.string(), sku: z.string(), cents: z.int() }),
      decide: (_, { orderId, cents }): { type: 'Created'; data: { orderId: string; cents: number } } | Rejection =>
        cents === 0
          ? reject('nothing-to-pay', 'There is nothing to pay')
          : { type: 'Created', data: { orderId, cents } },
    },
  })
