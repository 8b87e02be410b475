import { expectTypeOf } from 'vitest'
import * as z from 'zod'
import { aggregate } from './index.ts'
import { Order, type OrderState } from './shop.test-d.ts'

/** What the compiler knows of an aggregate, and what it refuses. */

const lamp = () =>
  aggregate('lamp', {
    events: { SwitchedOn: z.object({ watts: z.int() }), SwitchedOff: z.object({}) },
    initialState: { on: false },
  })

// Only its own events can be public.
aggregate('lamp', {
  events: { SwitchedOn: z.object({ watts: z.int() }), SwitchedOff: z.object({}) },
  public: ['SwitchedOff'],
  initialState: { on: false },
})

aggregate('lamp', {
  events: { SwitchedOn: z.object({ watts: z.int() }) },
  // @ts-expect-error: there is no such event
  public: ['SwitchedOn', 'Exploded'],
  initialState: { on: false },
})

const evolved = () =>
  lamp().evolve({ SwitchedOn: (_, { watts }) => ({ on: watts > 0 }), SwitchedOff: () => ({ on: false }) })

// Evolve handlers know state and data.
lamp().evolve({
  SwitchedOn: (state, data) => {
    expectTypeOf(state).toEqualTypeOf<{ on: boolean }>()
    expectTypeOf(data).toEqualTypeOf<{ watts: number }>()
    return state
  },
  SwitchedOff: (state) => state,
})

// @ts-expect-error: SwitchedOff has no handler
lamp().evolve({ SwitchedOn: (state) => state })

lamp().evolve({
  SwitchedOn: (state) => state,
  SwitchedOff: (state) => state,
  // @ts-expect-error: there is no such event
  Exploded: (state: { on: boolean }) => state,
})

// @ts-expect-error: the data of SwitchedOn has no 'volts'
lamp().evolve({ SwitchedOn: (_, { volts }) => ({ on: volts > 0 }), SwitchedOff: (state) => state })

// @ts-expect-error: the state is no text
lamp().evolve({ SwitchedOn: () => 'on', SwitchedOff: (state) => state })

// Decisions know state, input as parsed, and context; they answer one event, several, a rejection or nothing.
evolved().commands({
  toggle: {
    input: z.object({ watts: z.string().transform(Number), times: z.int().default(1) }),
    decide: (state, input, context) => {
      expectTypeOf(state).toEqualTypeOf<{ on: boolean }>()
      expectTypeOf(input).toEqualTypeOf<{ watts: number; times: number }>()
      expectTypeOf(context.id).toEqualTypeOf<string>()
      expectTypeOf(context.now).toEqualTypeOf<string>()
      expectTypeOf(context.newId).toEqualTypeOf<() => string>()
      if (state.on) return undefined
      const on = { type: 'SwitchedOn', data: { watts: input.watts } } as const
      return input.times > 1 ? [on, { type: 'SwitchedOff', data: {} }] : on
    },
  },
})

evolved().commands({
  explode: {
    input: z.object({}),
    // @ts-expect-error: there is no such event
    decide: () => ({ type: 'Exploded', data: {} }),
  },
})

evolved().commands({
  dim: {
    input: z.object({}),
    // @ts-expect-error: 'watts' is a number
    decide: () => ({ type: 'SwitchedOn', data: { watts: 'few' } }),
  },
})

evolved().commands({
  dim: {
    input: z.object({}),
    decide: () => [
      { type: 'SwitchedOff', data: {} },
      // @ts-expect-error: 'watts' is missing
      { type: 'SwitchedOn', data: {} },
    ],
  },
})

evolved().commands({
  dim: {
    input: z.object({ by: z.int() }),
    // @ts-expect-error: the input has no 'to'
    decide: (_, { to }) => ({ type: 'SwitchedOn', data: { watts: to } }),
  },
})

evolved().commands({
  dim: {
    input: z.object({}),
    // @ts-expect-error: the state has no 'broken'
    decide: (state) => (state.broken ? undefined : { type: 'SwitchedOff', data: {} }),
  },
})

evolved().commands({
  wait: {
    input: z.object({}),
    // @ts-expect-error: a decision is made at once, it cannot wait
    decide: async () => ({ type: 'SwitchedOff', data: {} }),
  },
})

// What is known of an aggregate outside.
expectTypeOf(Order.name).toEqualTypeOf<'order'>()
expectTypeOf(Order.initialState).toEqualTypeOf<OrderState>()
expectTypeOf(Order.evolve).returns.toEqualTypeOf<OrderState>()
expectTypeOf(Order.commands).toHaveProperty('place')
expectTypeOf(Order.commands).not.toHaveProperty('destroy')

// Commands take their input before it is parsed.
Order.commands.place('order-1', { total: '12' })
Order.commands.place.create({ total: '12', note: 'gift' })
// @ts-expect-error: the total is given as text
Order.commands.place('order-1', { total: 12 })
// @ts-expect-error: the total is missing
Order.commands.place.create({})
// @ts-expect-error: only the first argument is the id
Order.commands.place({ total: '12' })
// @ts-expect-error: there is no such command
Order.commands.destroy('order-1', {})

// Events made for tests have a type of the aggregate, and its data.
expectTypeOf(Order.event('Paid', { cents: 5 })).toEqualTypeOf<{
  readonly type: 'Paid'
  readonly data: { cents: number }
}>()
// @ts-expect-error: there is no such event
Order.event('Refunded', { cents: 5 })
// @ts-expect-error: 'cents' is a number
Order.event('Paid', { cents: '5' })

// The schema of a snapshot describes the state.
aggregate('dimmer', {
  events: { Set: z.object({ to: z.int() }) },
  initialState: { level: 0 },
  snapshot: { schema: z.object({ level: z.int() }), revision: 1 },
})
aggregate('dimmer', {
  events: { Set: z.object({ to: z.int() }) },
  initialState: { level: 0 },
  // @ts-expect-error: the state has no text in it
  snapshot: { schema: z.object({ level: z.string() }), revision: 1 },
})
