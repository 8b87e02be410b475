import type { AnyProjection } from '../definitions/index.ts'
import { jsonSchemaOf } from '../definitions/index.ts'
import { hashOf } from './derived-id.ts'

/** A definition does not change; asked for again and again, its schema is put into words once. */
const known = new WeakMap<AnyProjection, string>()

/** What names a projection's way of folding: never the text of a function. */
export function fingerprintOf(projection: AnyProjection): string {
  const fingerprint = known.get(projection) ?? computed(projection)
  known.set(projection, fingerprint)
  return fingerprint
}

function computed({ revision, schema, indexes, handlers }: AnyProjection): string {
  const events = handlers.map(({ kind, aggregate, eventType }) => `${kind} ${aggregate.name} ${eventType}`)
  return hashOf([revision, jsonSchemaOf(schema, 'output'), indexes, events.sort()])
}
