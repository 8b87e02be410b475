import * as z from 'zod'
import { aggregate, policy, projection, provide, rawAggregate, service } from '../definitions/index.ts'
import { given, history, inVersion, project, reacting } from './index.ts'

/** Tests of the domain are checked by the compiler as the domain itself is. */

const Counter = aggregate('counter', { events: { Increased: z.object({ by: z.int() }) }, initialState: 0 })
  .evolve({ Increased: (total, { by }) => total + by })
  .commands({
    increase: {
      input: z.object({ by: z.string().transform(Number) }),
      decide: (_, { by }) => ({ type: 'Increased', data: { by } }),
    },
  })

const Other = aggregate('other', { events: { Noted: z.object({}) }, initialState: '' })
  .evolve({ Noted: (state) => state })
  .commands({ note: { input: z.object({}), decide: () => ({ type: 'Noted', data: {} }) } })

const Totals = projection('totals', { schema: z.object({ id: z.string(), total: z.int() }) }).upsert(Counter, {
  Increased: (doc, event) => ({ id: event.aggregateId, total: (doc?.total ?? 0) + event.data.by }),
})

const increased = Counter.event('Increased', { by: 1 })
given(Counter, [increased]).when(Counter.commands.increase, { by: '2' }).expectEvents([increased]).expectState(3)

// @ts-expect-error: an event of another aggregate
given(Counter, [Other.event('Noted', {})])
// @ts-expect-error: no such event
given(Counter, [{ type: 'Decreased', data: { by: 1 } }])
// @ts-expect-error: 'by' is a number
given(Counter, [{ type: 'Increased', data: { by: '1' } }])
// @ts-expect-error: the input's 'by' is text
given(Counter, []).when(Counter.commands.increase, { by: 2 })
// @ts-expect-error: a command of another aggregate
given(Counter, []).when(Other.commands.note, {})

const then = given(Counter, []).when(Counter.commands.increase, { by: '2' })
// @ts-expect-error: an event of another aggregate
then.expectEvents([Other.event('Noted', {})])
// @ts-expect-error: the state is a number
then.expectState('3')

// @ts-expect-error: an event of another aggregate
history(Counter, 'counter-1', [Other.event('Noted', {})])

const counted = project(Totals).given(history(Counter, 'a', [increased]))
await counted.expectDocuments([{ id: 'a', total: 1 }])
// @ts-expect-error: 'total' is a number
await counted.expectDocuments([{ id: 'a', total: '1' }])
// @ts-expect-error: documents have no 'count'
await counted.expectDocuments([{ id: 'a', total: 1, count: 1 }])

// Raw aggregates take events of any type, and data of any form.
const Raw = rawAggregate('raw', { events: { Known: z.object({ by: z.int() }) } })
given(Raw, [Raw.event('Known', { by: 1 }), { type: 'Unknown', data: {} }])
  .when(Raw.commands.append, { type: 'Other', data: { x: 1 } })
  .expectEvents([{ type: 'Other', data: { x: 1 } }])
history(Raw, 'a', [{ type: 'Unknown', data: {} }])
// @ts-expect-error: an event has a type
given(Raw, [{ data: {} }])
// @ts-expect-error: a command of another aggregate
given(Raw, []).when(Counter.commands.increase, { by: '2' })

// Events of older versions have other data, but their type is one of the aggregate.
given(Counter, [inVersion(1, 'Increased', { amount: 1 })])
// @ts-expect-error: no such event
given(Counter, [inVersion(1, 'Decreased', { amount: 1 })])

// Policies react to events of an aggregate.
const Mail = service<{ send(to: string): void }>('mail')
const Notify = policy('notify', { services: { mail: Mail } }).on(Counter, { Increased: () => undefined })
const services = [provide(Mail, { send: () => undefined })]
await reacting(Notify, { services }).to(Counter, 'a', increased, { type: 'Increased', data: { by: 1 } })
// @ts-expect-error: an event of another aggregate
await reacting(Notify, { services }).to(Counter, 'a', Other.event('Noted', {}))
// @ts-expect-error: a service is provided with what does its work
reacting(Notify, { services: [Mail] })
