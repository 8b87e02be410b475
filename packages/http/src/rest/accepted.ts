import type { CommandEntry, Decided, RecordedEvent } from 'weir'
import type { AcceptedOutcome } from 'weir/runtime'
import { type Answer, jsonAnswer } from '../exchange/answer.ts'

/** Builds the answer to an accepted command. It depends on what was recorded only, so that a retry gets the same. */
export type AnswerAccepted = (outcome: AcceptedOutcome) => Answer

/** Prepares the answers of a route. */
export function acceptedAnswers(entry: CommandEntry, base: string): AnswerAccepted {
  const { respond, status } = entry
  const locate = entry.location === undefined ? undefined : locator(base + entry.location)
  return (outcome) => {
    const { id, version, token } = outcome
    const headers: Record<string, string> = { 'consistency-token': token }
    if (!respond) headers.etag = `"${version}"`
    const value = acceptedValue(entry, outcome)
    if (locate) headers.location = locate(value, id)
    return jsonAnswer(status, value, headers)
  }
}

/** `{ id, version }`, or what the route makes of the decision. */
export function acceptedValue({ respond }: CommandEntry, outcome: AcceptedOutcome): unknown {
  const { id, version } = outcome
  return respond ? respond.schema.parse(respond.map(decided(outcome))) : { id, version }
}

function decided({ id, version, events, state }: AcceptedOutcome): Decided {
  const eventData = (type: unknown): never => {
    const found = (events as readonly unknown[] as readonly RecordedEvent[]).find((event) => event.type === type)
    if (!found) throw new Error(`The command made no event '${String(type)}' that its answer could be built from`)
    return found.data as never
  }
  return { id, version, events, state, eventData }
}

type Locate = (value: unknown, id: string) => string

/** Fills a path's parameters with fields of the answer; an `:id` that it lacks is the aggregate's. */
function locator(path: string): Locate {
  const segments = path.split(/:([A-Za-z][A-Za-z0-9]*)/)
  return (value, id) => {
    const fields = { id, ...(value as Record<string, unknown>) }
    return segments.map((segment, index) => (index % 2 === 0 ? segment : fill(segment, fields))).join('')
  }
}

function fill(name: string, fields: Record<string, unknown>): string {
  if (fields[name] === undefined) throw new Error(`The answer has no field '${name}' for its Location`)
  return encodeURIComponent(String(fields[name]))
}
