import type { Json } from './json.ts'

const headerNames: Readonly<Record<string, string>> = {
  ConsistencyStatus: 'Consistency-Status',
  ConsistencyToken: 'Consistency-Token',
  RequestId: 'X-Request-Id',
}

/** Describes an answer with shared headers, and a body if it has a schema. */
export function response(description: string, headers: readonly string[], schema?: Json): Json {
  const references = [...headers, 'RequestId'].map((key) => [
    headerNames[key] ?? key,
    { $ref: `#/components/headers/${key}` },
  ])
  return {
    description,
    headers: Object.fromEntries(references),
    ...(schema && { content: { 'application/json': { schema } } }),
  }
}

/** Describes a stream of server-sent events. */
export function eventStream(events: string): Json {
  const schema = { type: 'string', description: events }
  return { ...response('Events, as they come.', []), content: { 'text/event-stream': { schema } } }
}

/** The same answer, which may also be had as a stream of server-sent events. */
export function orLive(answer: Json): Json {
  const events = { type: 'string', description: 'The events `snapshot` and `change`, as they come.' }
  return { ...answer, content: { ...(answer.content as Json), 'text/event-stream': { schema: events } } }
}

/** Refers to shared responses, by status. */
export function problemReferences(names: Readonly<Record<string, string>>): Json {
  return Object.fromEntries(
    Object.entries(names).map(([status, name]) => [status, { $ref: `#/components/responses/${name}` }]),
  )
}

/** Describes a JSON body. */
export function jsonBody(schema: Json, required: boolean): Json {
  return { required, content: { 'application/json': { schema } } }
}
