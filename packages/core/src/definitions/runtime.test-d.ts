import { expectTypeOf } from 'vitest'
import * as z from 'zod'
import type { Runtime } from '../runtime/index.ts'
import { type EventMetadata, projection, type Rejection } from './index.ts'
import { Order, type OrderState } from './shop.test-d.ts'

/** What running an application answers is known from its definitions. */

declare const runtime: Runtime

const Orders = projection('orders', { schema: z.object({ id: z.string(), total: z.int() }) }).create(Order, {
  Placed: (event) => ({ id: event.aggregateId, total: event.data.total }),
})

const outcome = await runtime.execute(Order.commands.place.create({ total: '12' }))
if (outcome.outcome === 'accepted') {
  expectTypeOf(outcome.state).toEqualTypeOf<OrderState>()
  expectTypeOf(outcome.version).toEqualTypeOf<number>()
  expectTypeOf(outcome.token).toEqualTypeOf<string>()
  for (const event of outcome.events) {
    expectTypeOf(event).toExtend<EventMetadata>()
    if (event.type === 'Paid') expectTypeOf(event.data).toEqualTypeOf<{ cents: number }>()
    // @ts-expect-error: an order has no such event
    if (event.type === 'Refunded') expectTypeOf(event)
  }
}
if (outcome.outcome === 'rejected') expectTypeOf(outcome.rejection).toEqualTypeOf<Rejection>()
if (outcome.outcome === 'invalid') expectTypeOf(outcome.faults).items.toHaveProperty('field')
// @ts-expect-error: only what was accepted has events
expectTypeOf(outcome.events)

const { document } = await runtime.get(Orders, 'order-1')
expectTypeOf(document).toEqualTypeOf<{ id: string; total: number } | undefined>()

const { documents } = await runtime.list(Orders)
expectTypeOf(documents).toEqualTypeOf<readonly { id: string; total: number }[]>()
// @ts-expect-error: documents have no 'weight'
expectTypeOf(documents[0]?.weight)
