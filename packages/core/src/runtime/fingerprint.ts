import type { AnyProjection } from '../definitions/index.ts'
import { jsonSchemaOf } from '../definitions/index.ts'
import { hashOf } from './derived-id.ts'

/** What names a projection's way of folding: never the text of a function. */
export function fingerprintOf({ revision, schema, indexes, handlers }: AnyProjection): string {
  const events = handlers.map(({ kind, aggregate, eventType }) => `${kind} ${aggregate.name} ${eventType}`)
  return hashOf([revision, jsonSchemaOf(schema, 'output'), indexes, events.sort()])
}
