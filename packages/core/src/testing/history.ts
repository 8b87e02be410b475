import * as z from 'zod'
import type {
  Aggregate,
  AnyAggregate,
  EventMetadata,
  EventSchemas,
  NewEvent,
  RecordedEvent,
} from '../definitions/index.ts'
import { deriveId } from '../runtime/derived-id.ts'
import { isAggregateId, streamOf } from '../runtime/stream-name.ts'
import { fail } from './fail.ts'
import { testTime } from './test-values.ts'

/** What has happened to one aggregate. */
export interface History {
  readonly aggregate: AnyAggregate
  readonly id: string
  readonly stream: string
  readonly events: readonly RecordedEvent[]
}

/** What may be said about an event beside type and data. */
export type EventDetails = Partial<
  Pick<EventMetadata, 'recordedAt' | 'actor' | 'commandId' | 'correlationId' | 'causationId' | 'traceparent'>
>

/** An event of an aggregate as tests write it: made with `event`, and with more details if they matter. */
export type GivenEvent<Events extends EventSchemas> = NewEvent<Events> & EventDetails

/**
 * What has happened to one aggregate, in order.
 *
 * @throws AssertionError when the id cannot be one, or the data of an event does not fit its schema
 * @example history(Concert, 'concert-1', [Concert.event('Scheduled', { … }), Concert.event('TicketSold', { … })])
 */
export function history<Events extends EventSchemas>(
  // biome-ignore lint/suspicious/noExplicitAny: an aggregate of which only the events matter
  aggregate: Aggregate<string, Events, any, any>,
  id: string,
  events: readonly GivenEvent<NoInfer<Events>>[],
): History {
  if (!isAggregateId(id)) fail(`'${id}' cannot be the id of an aggregate`)
  const stream = streamOf(aggregate, id)
  const recorded = events.map((event, index) => record(aggregate, id, index + 1, event))
  return { aggregate: aggregate as AnyAggregate, id, stream, events: recorded }
}

/**
 * Says when an event was recorded, where that matters; if not said, it was at `testTime`.
 *
 * @example at('2030-05-01T10:00:00.000Z', Ticket.event('Opened', { … }))
 */
export function at<Event extends object>(recordedAt: string, event: Event): Event & { readonly recordedAt: string } {
  return { ...event, recordedAt }
}

/** A value as it comes back out of the store. */
export function asRecorded<T>(value: T): T {
  return value === undefined ? value : JSON.parse(JSON.stringify(value))
}

/** A stream has one history. */
export function expectDistinct(histories: readonly History[]): void {
  const streams = histories.map(({ stream }) => stream)
  const twice = streams.find((stream, index) => streams.indexOf(stream) < index)
  if (twice !== undefined) fail(`The history of '${twice}' was given twice`)
}

type LooseEvent = { readonly type: string; readonly data: unknown } & EventDetails

function record(
  aggregate: { readonly name: string; readonly events: EventSchemas },
  aggregateId: string,
  version: number,
  event: LooseEvent,
): RecordedEvent {
  const stream = `${aggregate.name}-${aggregateId}`
  const id = deriveId('event', stream, String(version))
  const { commandId = deriveId('command', id), recordedAt = testTime, traceparent, actor } = event
  return {
    id,
    aggregateId,
    stream,
    version,
    schemaVersion: 1,
    type: event.type,
    data: recordable(aggregate, event),
    recordedAt,
    commandId,
    correlationId: event.correlationId ?? commandId,
    causationId: event.causationId ?? commandId,
    traceparent,
    actor,
  }
}

/** The data of an event as it would be recorded. */
function recordable({ name, events }: { name: string; events: EventSchemas }, { type, data }: LooseEvent): unknown {
  const schema = Object.hasOwn(events, type) ? events[type] : undefined
  if (!schema) return fail(`'${type}' is not an event of the aggregate '${name}'`)
  const parsed = schema.safeParse(data)
  if (parsed.success) return asRecorded(parsed.data)
  return fail(`The data of an event '${type}' of '${name}' does not fit its schema:\n${z.prettifyError(parsed.error)}`)
}
