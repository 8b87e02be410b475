import { expectTypeOf } from 'vitest'
import * as z from 'zod'
import { app, policy, projection, type RawEvent, rawAggregate, route } from './index.ts'

/** What the compiler knows of a raw aggregate, and what it refuses. */

const Items = rawAggregate('items', {
  events: {
    ITEM_CREATED: z.object({ itemId: z.string(), amount: z.int() }),
    ITEM_DELETED: z.object({ itemId: z.string() }),
  },
})
expectTypeOf(Items.name).toEqualTypeOf<'items'>()
expectTypeOf(Items.initialState).toEqualTypeOf<undefined>()

// It takes any event.
Items.commands.append('a', { type: 'ITEM_CREATED', data: { itemId: 'x', amount: 1 } })
Items.commands.append('a', { type: 'ANYTHING', data: {} })
// @ts-expect-error: data is an object
Items.commands.append('a', { type: 'ANYTHING', data: 5 })
// @ts-expect-error: the type is missing
Items.commands.append('a', { data: {} })

// What reads it knows the events that are declared.
const schema = z.object({ id: z.string(), amount: z.int() })
projection('items', { schema })
  .create(Items, {
    ITEM_CREATED: ({ data }) => {
      expectTypeOf(data).toEqualTypeOf<{ itemId: string; amount: number }>()
      return { id: data.itemId, amount: data.amount }
    },
  })
  .remove(Items, ['ITEM_DELETED'], { id: ({ data }) => data.itemId })
policy('watch').on(Items, {
  ITEM_DELETED: ({ data }) => Items.commands.append(data.itemId, { type: 'SEEN', data: {} }),
})

// @ts-expect-error: this type is not declared
projection('items', { schema }).create(Items, { ANYTHING: () => ({ id: 'a', amount: 1 }) })
// @ts-expect-error: this type is not declared
policy('watch').on(Items, { ANYTHING: () => undefined })

// An answer knows nothing of the data, but all about the event.
route(Items.commands.append, {
  id: 'body.streamId',
  respond: {
    schema: z.object({ id: z.string() }),
    map: ({ events, state }) => {
      expectTypeOf(state).toEqualTypeOf<undefined>()
      expectTypeOf(events).items.toExtend<RawEvent>()
      return { id: events[0]?.id ?? '' }
    },
  },
})

// Also one with a single type is an aggregate like any other.
app('items', { routes: {}, aggregates: [rawAggregate('single', { events: { ITEM_DELETED: z.object({}) } })] })
