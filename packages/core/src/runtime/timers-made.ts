import type { RecordedEvent, ScheduledCommand } from '../definitions/index.ts'
import { messageOf } from './errors.ts'
import { changedByJson, storedForm } from './stored-form.ts'
import { isAggregateId } from './stream-name.ts'
import type { Timer } from './timers-stored.ts'

/** Milliseconds since the epoch: a `Date` holds nothing later. */
const LATEST = 8.64e15
/** Characters of an input as it is kept. */
const LONGEST_INPUT = 1_000_000

/**
 * The timer that an event schedules. What could not be saved, or would not come back as it was, is refused here, while it
 * is known which event is at fault.
 *
 * Times count from when the event was recorded, so that a late reaction does not put anything off.
 *
 * @param step its place among the steps of the reaction
 * @throws Error when it cannot be kept
 */
export function timerOf(event: RecordedEvent, step: string, scheduled: ScheduledCommand): Timer {
  const { key, command: message } = scheduled
  const { aggregate, commandName: name } = message.command
  const { id: eventId, stream, version, correlationId, traceparent } = event
  return {
    key,
    due: dueAt(key, Date.parse(event.recordedAt) + scheduled.milliseconds),
    command: {
      aggregate: aggregate.name,
      name,
      id: keptId(key, message.aggregateId),
      input: keptInput(key, message.input),
    },
    eventId,
    stream,
    version,
    correlationId,
    traceparent,
    step,
    attempts: 0,
    failedAt: undefined,
    error: undefined,
  }
}

function dueAt(key: string, due: number): number {
  if (Number.isInteger(due) && due <= LATEST) return due
  throw new Error(`the timer '${key}' would be due at a time that no date can hold: give it a shorter delay`)
}

function keptId(key: string, id: unknown): string | undefined {
  if (id === undefined || (typeof id === 'string' && isAggregateId(id))) return id
  throw new Error(`the command of the timer '${key}' is for what cannot be the id of an aggregate`)
}

function keptInput(key: string, input: unknown): unknown {
  const what = `the input of the command of the timer '${key}'`
  const kept = jsonOf(what, input)
  const path = changedByJson(input, 'input')
  if (path !== undefined) {
    throw new Error(
      `${what} is kept as JSON, and '${path}' would not come back as it was: give text, numbers, lists or plain objects`,
    )
  }
  if ((JSON.stringify(kept)?.length ?? 0) <= LONGEST_INPUT) return kept
  throw new Error(`${what} is longer than ${LONGEST_INPUT} characters of JSON: give an id, by which it can be found`)
}

function jsonOf(what: string, input: unknown): unknown {
  try {
    return storedForm(input)
  } catch (cause) {
    throw new Error(`${what} cannot be kept as JSON: ${messageOf(cause)}`, { cause })
  }
}
