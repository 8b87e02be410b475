import { expectTypeOf } from 'vitest'
import * as z from 'zod'
import { aggregate, projection, versions } from './index.ts'

/** What the compiler knows of events whose schema has versions, and what it refuses. */

const first = z.object({ seats: z.int() })
const second = z.object({ seats: z.int(), venue: z.string(), open: z.boolean().default(true) })
const third = z.object({ rows: z.int(), venue: z.string() })

// Each step is given what the version before describes, and gives what the next one takes.
const Scheduled = versions(first)
  .upcast(second, (old) => {
    expectTypeOf(old).toEqualTypeOf<{ seats: number }>()
    return { ...old, venue: 'unknown' }
  })
  .upcast(third, (old) => {
    expectTypeOf(old).toEqualTypeOf<{ seats: number; venue: string; open: boolean }>()
    return { rows: old.seats / 10, venue: old.venue }
  })
expectTypeOf<z.output<typeof Scheduled>>().toEqualTypeOf<{ rows: number; venue: string }>()

// @ts-expect-error: the venue is missing
versions(first).upcast(second, (old) => old)
// @ts-expect-error: the venue is text
versions(first).upcast(second, (old) => ({ ...old, venue: 5 }))
// @ts-expect-error: the first version has no venue
versions(first).upcast(second, (old) => ({ seats: old.seats, venue: old.venue }))
// @ts-expect-error: an upcaster answers at once
versions(first).upcast(second, async (old) => ({ ...old, venue: 'unknown' }))

// Handlers and decisions know the newest version alone.
const Concert = aggregate('concert', { events: { Scheduled, Closed: z.object({}) }, initialState: { rows: 0 } })
  .evolve({
    Scheduled: (_, data) => {
      expectTypeOf(data).toEqualTypeOf<{ rows: number; venue: string }>()
      return { rows: data.rows }
    },
    Closed: (state) => state,
  })
  .commands({
    schedule: { input: third, decide: (_, data) => ({ type: 'Scheduled', data }) },
    // @ts-expect-error: decisions make events of the newest version
    scheduleOld: { input: first, decide: (_, data) => ({ type: 'Scheduled', data }) },
  })

projection('concerts', { schema: z.object({ id: z.string(), venue: z.string() }) }).create(Concert, {
  Scheduled: ({ aggregateId, data }) => {
    expectTypeOf(data).toEqualTypeOf<{ rows: number; venue: string }>()
    return { id: aggregateId, venue: data.venue }
  },
})
