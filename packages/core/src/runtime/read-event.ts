import { type AnyAggregate, type RecordedEvent, schemaVersionOf, upcast } from '../definitions/index.ts'
import { messageOf, UndecodableEventError } from './errors.ts'

/**
 * A recorded event as its aggregate's definition describes it today: in the newest version of its schema (G12). An event
 * of a type that a raw aggregate does not know is given as it was recorded.
 *
 * @throws UndecodableEventError when the aggregate has no such event, or an upcaster fails
 */
export function readEvent(aggregate: AnyAggregate, event: RecordedEvent): RecordedEvent {
  if (!isKnown(aggregate, event)) {
    if (aggregate.raw) return event
    throw new UndecodableEventError(`${placeOf(event)} is not an event of the aggregate '${aggregate.name}'`)
  }
  const schema = aggregate.events[event.type]
  const newest = schemaVersionOf(schema)
  if (event.schemaVersion === newest) return event
  try {
    return { ...event, schemaVersion: newest, data: upcast(schema, event.schemaVersion, event.data) }
  } catch (cause) {
    throw new UndecodableEventError(`${placeOf(event)} cannot be read: ${messageOf(cause)}`, { cause })
  }
}

/** Whether an event is of a type that the aggregate declares. */
export function isKnown(aggregate: AnyAggregate, event: Pick<RecordedEvent, 'type'>): boolean {
  return Object.hasOwn(aggregate.events, event.type)
}

/** Which event it is, within its stream. */
export function placeOf({ type, version }: RecordedEvent): string {
  return `'${type}' at ${version}`
}
