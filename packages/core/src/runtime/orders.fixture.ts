import * as fc from 'fast-check'
import * as z from 'zod'
import { type AnyProjection, aggregate, projection, type RecordedEvent } from '../definitions/index.ts'
import { parseStream } from './stream-name.ts'

/** Orders, which notes are made on: by their own id, and by that of another order beside. */
const Order = aggregate('order', {
  events: { Placed: z.object({ item: z.string() }), Seen: z.object({}), Moved: z.object({ to: z.string() }) },
  initialState: 0,
})
  .evolve({ Placed: (count) => count + 1, Seen: (count) => count, Moved: (count) => count })
  .commands({})

const Note = aggregate('note', {
  events: {
    Added: z.object({ on: z.string(), text: z.string(), also: z.string().optional() }),
    Broken: z.object({ on: z.string() }),
    Binned: z.object({ on: z.string() }),
  },
  initialState: 0,
})
  .evolve({ Added: (count) => count + 1, Broken: (count) => count, Binned: (count) => count })
  .commands({})

const schema = z.object({ id: z.string(), notes: z.array(z.string()) })
type Document = z.output<typeof schema>

const on = (event: { readonly data: { readonly on: string } }) => event.data.on
const noted = (document: Document, text: string): Document => ({ ...document, notes: [...document.notes, text] })
const fail = (): never => {
  throw new Error('broken')
}

/** An order with the notes on it; some notes break their handler, some bin the order. */
export const Orders: AnyProjection = projection('orders', { schema })
  .create(Order, { Placed: ({ aggregateId, data }) => ({ id: aggregateId, notes: [data.item] }) })
  .update(Note, { Added: (document, event) => noted(document, event.data.text), Broken: fail }, { id: on })
  .update(
    Note,
    { Added: (document, event) => noted(document, `also ${event.data.text}`) },
    { id: ({ data }) => ('also' in data && data.also ? data.also : data.on) },
  )
  .remove(Note, ['Binned'], { id: on })

/** One document that every order may change, make or remove. */
export const Named: AnyProjection = projection('named', { schema }).upsert(
  Order,
  {
    Placed: (document, { data }) =>
      data.item === 'none' ? undefined : noted(document ?? { id: 'x', notes: [] }, data.item),
    Moved: (document, { data }) => document && { ...document, id: data.to },
  },
  { id: () => 'x' },
)

/** Events of one stream, numbered. */
export function stream(name: string, ...events: readonly (readonly [type: string, data: object])[]): RecordedEvent[] {
  return events.map(([type, data], index) => {
    const place = { stream: name, aggregateId: parseStream(name).id, version: index + 1 }
    return { ...place, type, schemaVersion: 1, data } as RecordedEvent
  })
}

/** One feed of several streams, each in its own order. */
function interleave(streams: readonly RecordedEvent[][], picks: readonly number[]): RecordedEvent[] {
  const left = streams.map((events) => [...events])
  const picked = picks.flatMap((pick) => left[pick]?.shift() ?? [])
  return [...picked, ...left.flat()]
}

const id = fc.constantFrom('a', 'b', 'c')
const noteEvent = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ on: id, text: fc.constantFrom('1', '2'), also: fc.option(id, { nil: undefined }) }),
  },
  { weight: 1, arbitrary: fc.record({ on: id, type: fc.constantFrom('Broken', 'Binned') }) },
)
const noteStream = fc
  .array(noteEvent, { maxLength: 6 })
  .map((all) =>
    all.map((data) => ('type' in data ? [data.type, { on: data.on }] : ['Added', data]) as [string, object]),
  )
const orderStream = fc
  .array(fc.constantFrom('Placed', 'Seen'), { maxLength: 2 })
  .map((types) => types.map((type) => [type, { item: 'book' }] as [string, object]))

/** Feeds of notes and orders, each stream in its own order, that make every case of waiting, failing and removing. */
export const feeds: fc.Arbitrary<RecordedEvent[]> = fc
  .tuple(fc.tuple(noteStream, noteStream, orderStream, orderStream, orderStream), fc.array(fc.nat(4)))
  .map(([all, picks]) => {
    const names = ['note-1', 'note-2', 'order-a', 'order-b', 'order-c']
    const streams = all.map((events, index) => stream(names[index] as string, ...events))
    return interleave(streams, picks)
  })

/** How many events each batch takes, for as long as any are left. */
export const cuts: fc.Arbitrary<number[]> = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 })

/** The same events in batches. */
export function cutUp(feed: readonly RecordedEvent[], sizes: readonly number[]): RecordedEvent[][] {
  const batches: RecordedEvent[][] = []
  for (let start = 0; start < feed.length; start += batches.at(-1)?.length ?? 0) {
    batches.push(feed.slice(start, start + (sizes[batches.length % sizes.length] as number)))
  }
  return batches
}
