import type { EventTail, TailItem } from 'weir/runtime'
import * as z from 'zod'
import { type EventSource, eventStream, Waker } from '../live/event-stream.ts'
import { exploredEvent } from './explorer-schemas.ts'
import { appRoute, type OpsRoute } from './operation.ts'
import { text } from './schemas.ts'

const filter = z.strictObject({
  aggregate: text.meta({ description: 'Only events of streams of this aggregate.' }).optional(),
  type: text.meta({ description: 'Only events of this type.' }).optional(),
  stream: text.meta({ description: 'Only events of this stream.' }).optional(),
})

/** What is recorded, as it is. */
export const tailRoute: OpsRoute = appRoute({
  method: 'GET',
  path: '/events',
  id: 'tailEvents',
  summary: 'Events as they are recorded',
  description:
    'The events of a stream come in their order. Who comes again with `Last-Event-ID` is shown what was recorded meanwhile.',
  query: filter,
  answer: { name: 'Event', schema: exploredEvent },
  live: {
    events:
      '`event`: an event that was recorded. `skipped`: so many (`count`) were left out, since the caller was slow.',
  },
  run: async (operations, { query, lastEventId }) => {
    const waker = new Waker()
    const tail = await operations.tail(query, lastEventId, () => waker.wake())
    // Who has seen nothing yet can come again, too.
    const greeting = `this stream shows events as they are recorded\nid: ${tail.place}`
    return eventStream(greeting, sourceOf(tail), waker)
  },
})

function sourceOf(tail: EventTail): EventSource {
  const encoder = new TextEncoder()
  return {
    next: async () => {
      const item = await tail.next()
      return item && encoder.encode(`${told(item)}id: ${tail.place}\n\n`)
    },
    // An id without data is no event, but is kept: who asks for what is rare does not begin far back when it comes again.
    heartbeat: () => `: still here\nid: ${tail.place}\n\n`,
    leave: () => tail.end(),
  }
}

function told(item: TailItem): string {
  if ('skipped' in item) return `event: skipped\ndata: ${JSON.stringify({ count: item.skipped })}\n`
  return `event: event\ndata: ${JSON.stringify(item.event)}\n`
}
