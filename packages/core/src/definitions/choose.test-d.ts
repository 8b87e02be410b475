import { expectTypeOf } from 'vitest'
import { apiKey, app, type ChoiceRoute, choose, route } from './index.ts'
import { Order } from './shop.test-d.ts'

/** What the compiler knows of a route that chooses its command. */

const closing = choose('status', {
  PLACED: route(Order.commands.place, { summary: 'Place it' }),
  CANCELLED: Order.commands.cancel,
})

// The field and the command behind each value are known.
expectTypeOf(closing.field).toEqualTypeOf<'status'>()
expectTypeOf(closing.commands.CANCELLED).toEqualTypeOf<typeof Order.commands.cancel>()
expectTypeOf(closing).toExtend<ChoiceRoute>()
expectTypeOf<keyof typeof closing.commands>().toEqualTypeOf<'PLACED' | 'CANCELLED'>()

app('shop', { routes: { 'PATCH /orders/:id': closing, 'PUT /orders/:id': choose('kind', {}, { guard: apiKey() }) } })
// @ts-expect-error: a field has a name
choose(7, {})
// @ts-expect-error: what is chosen is a command
choose('status', { PLACED: 'place' })
// @ts-expect-error: no such guard
choose('status', {}, { guard: 'all' })
