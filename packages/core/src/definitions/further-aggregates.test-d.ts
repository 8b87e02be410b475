import { expectTypeOf } from 'vitest'
import * as z from 'zod'
import { aggregate } from './index.ts'
import { Order, type OrderState, Payment, Stock } from './shop.test-d.ts'

/** What a command knows of the further aggregates that it reads and writes. */

const refund = () =>
  aggregate('refund', { events: { Made: z.object({ cents: z.int() }) }, initialState: null as null | 'made' }).evolve({
    Made: () => 'made',
  })

const input = z.object({ orderId: z.string(), sku: z.string() })

// One that is read: its id, state and version. One that is written: its events besides.
const Refund = refund().commands({
  make: {
    input,
    reads: { stock: Stock.at('sku') },
    writes: { order: Order.at('orderId') },
    decide: (state, { orderId }, { stock, order, id, newId }) => {
      expectTypeOf(state).toEqualTypeOf<null | 'made'>()
      expectTypeOf(orderId).toEqualTypeOf<string>()
      expectTypeOf([id, newId()]).toEqualTypeOf<string[]>()
      expectTypeOf(stock.state).toEqualTypeOf<{ left: number }>()
      expectTypeOf(stock.version).toEqualTypeOf<number>()
      expectTypeOf(stock.id).toEqualTypeOf<string>()
      expectTypeOf(stock).not.toHaveProperty('event')
      expectTypeOf(order.state).toEqualTypeOf<OrderState>()
      expectTypeOf(order.version).toEqualTypeOf<number>()
      return [{ type: 'Made', data: { cents: 5 } }, order.event('Cancelled', { reason: 'refunded' })]
    },
  },
  // A command beside it is not confused by it.
  note: {
    input: z.object({}),
    decide: (_, __, context) => {
      expectTypeOf(context).not.toHaveProperty('order')
      expectTypeOf(context).not.toHaveProperty('stock')
      return { type: 'Made', data: { cents: 0 } }
    },
  },
  check: {
    input,
    reads: { order: Order.at('orderId') },
    decide: (_, __, context) => {
      expectTypeOf(context.order.state).toEqualTypeOf<OrderState>()
      expectTypeOf(context.order).not.toHaveProperty('event')
      return undefined
    },
  },
})
expectTypeOf(Refund.commands.make).toBeCallableWith('refund-1', { orderId: 'a', sku: 'b' })
expectTypeOf(Refund.commands).toHaveProperty('note')

// Several of both.
refund().commands({
  make: {
    input,
    reads: { payment: Payment.at('orderId'), order: Order.at('orderId') },
    writes: { stock: Stock.at('sku') },
    decide: (_, __, { payment, order, stock }) => {
      expectTypeOf(payment.state).toEqualTypeOf<'none' | 'created'>()
      expectTypeOf(order.state).toEqualTypeOf<OrderState>()
      expectTypeOf(stock.state).toEqualTypeOf<{ left: number }>()
      return stock.event('Reserved', { orderId: payment.id })
    },
  },
})

refund().commands({
  make: {
    input,
    writes: { order: Order.at('orderId') },
    // @ts-expect-error: an order has no such event
    decide: (_, __, { order }) => order.event('Refunded', { cents: 5 }),
  },
})

refund().commands({
  make: {
    input,
    writes: { order: Order.at('orderId') },
    // @ts-expect-error: 'cents' is a number
    decide: (_, __, { order }) => order.event('Paid', { cents: 'five' }),
  },
})

refund().commands({
  make: {
    input,
    reads: { order: Order.at('orderId') },
    // @ts-expect-error: what is only read cannot be written
    decide: (_, __, { order }) => order.event('Cancelled', { reason: 'none' }),
  },
})

refund().commands({
  make: {
    input,
    reads: { order: Order.at('orderId') },
    // @ts-expect-error: the stock is not declared
    decide: (_, __, { stock }) => (stock ? undefined : undefined),
  },
})

declare const foreign: ReturnType<typeof Order.event<'Paid'>>
refund().commands({
  make: {
    input,
    writes: { stock: Stock.at('sku') },
    // @ts-expect-error: an event of an aggregate that is not declared in 'writes'
    decide: () => ({ to: 'order', ...foreign }),
  },
})
