import { createHash } from 'node:crypto'
import { deriveId } from '../definitions/index.ts'

export { deriveId }

/**
 * The id of a command that a policy issues in answer to an event: the same however often the event arrives (G5).
 *
 * @param step its place among the steps of the reaction
 */
export function deriveCommandId(policy: string, eventId: string, step: number | string): string {
  return deriveId('policy', policy, eventId, String(step))
}

/** What a policy hands to services for an event: the same however often the event arrives (G5). */
export function deriveReactionKey(policy: string, eventId: string): string {
  return deriveId('reaction', policy, eventId)
}

/** A short hash of a value's JSON, with the keys of objects in order. */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('base64url').slice(0, 22)
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}
