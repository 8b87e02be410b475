import * as z from 'zod'
import {
  type Aggregate,
  type AnyAggregate,
  type EventMetadata,
  type EventSchemas,
  type NewEvent,
  type RawAggregate,
  type RecordedEvent,
  schemaOfVersion,
  schemaVersionOf,
} from '../definitions/index.ts'
import { deriveId } from '../runtime/derived-id.ts'
import { readEvent } from '../runtime/read-event.ts'
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
  Pick<
    EventMetadata,
    'recordedAt' | 'actor' | 'commandId' | 'correlationId' | 'causationId' | 'traceparent' | 'schemaVersion'
  >
>

/** An event of an aggregate as tests write it: made with `event`, and with more details if they matter. */
export type GivenEvent<Events extends EventSchemas> = NewEvent<Events> & EventDetails

/**
 * What has happened to one aggregate, in order.
 *
 * @throws AssertionError when the id cannot be one, or the data of an event does not fit its schema
 * @example history(Concert, 'concert-1', [Concert.event('Scheduled', { … }), Concert.event('TicketSold', { … })])
 */
export function history<Known extends EventSchemas>(
  aggregate: RawAggregate<string, Known>,
  id: string,
  events: readonly GivenEvent<EventSchemas>[],
): History
export function history<Events extends EventSchemas>(
  // biome-ignore lint/suspicious/noExplicitAny: an aggregate of which only the events matter
  aggregate: Aggregate<string, Events, any, any>,
  id: string,
  events: readonly GivenEvent<NoInfer<Events>>[],
): History
export function history(aggregate: AnyAggregate, id: string, events: readonly LooseEvent[]): History {
  if (!isAggregateId(id)) fail(`'${id}' cannot be the id of an aggregate`)
  const stream = streamOf(aggregate, id)
  const recorded = events.map((event, index) => record(aggregate, id, index + 1, event))
  return { aggregate, id, stream, events: recorded }
}

/**
 * Says when an event was recorded, where that matters; if not said, it was at `testTime`.
 *
 * @example at('2030-05-01T10:00:00.000Z', Ticket.event('Opened', { … }))
 */
export function at<Event extends object>(recordedAt: string, event: Event): Event & { readonly recordedAt: string } {
  return { ...event, recordedAt }
}

/**
 * An event as it was recorded in an older version of its schema: it is read through the upcasters.
 *
 * @param version of the event's schema, from 1
 * @example inVersion(1, 'Scheduled', { seats: 100 })
 */
export function inVersion<const Type extends string>(
  version: number,
  type: Type,
  data: unknown,
): { readonly type: Type; readonly data: never; readonly schemaVersion: number } {
  return { type, data: data as never, schemaVersion: version }
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

function record(aggregate: AnyAggregate, aggregateId: string, version: number, event: LooseEvent): RecordedEvent {
  const stream = streamOf(aggregate, aggregateId)
  const id = deriveId('event', stream, String(version))
  const { commandId = deriveId('command', id), recordedAt = testTime, traceparent, actor } = event
  return readEvent(aggregate, {
    id,
    aggregateId,
    stream,
    version,
    type: event.type,
    ...recordable(aggregate, event),
    recordedAt,
    commandId,
    correlationId: event.correlationId ?? commandId,
    causationId: event.causationId ?? commandId,
    traceparent,
    actor,
  })
}

/** The data of an event as it would be recorded, and the version of its schema. */
function recordable(
  { name, events, raw }: AnyAggregate,
  { type, data, schemaVersion }: LooseEvent,
): Pick<RecordedEvent, 'schemaVersion' | 'data'> {
  const newest: z.ZodType | undefined = Object.hasOwn(events, type) ? events[type] : undefined
  if (!newest && raw) return { schemaVersion: 1, data: asRecorded(data) }
  if (!newest) return fail(`'${type}' is not an event of the aggregate '${name}'`)
  const version = schemaVersion ?? schemaVersionOf(newest)
  const schema = schemaOfVersion(newest, version)
  if (!schema) return fail(`The schema of '${type}' of '${name}' has no version ${version}`)
  const parsed = schema.safeParse(data)
  if (parsed.success) return { schemaVersion: version, data: asRecorded(parsed.data) }
  return fail(`The data of an event '${type}' of '${name}' does not fit its schema:\n${z.prettifyError(parsed.error)}`)
}
