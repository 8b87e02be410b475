import { createHash } from 'node:crypto'
import { v5 } from 'uuid'

const NAMESPACE = 'c6f0bf2e-5d0f-5c0b-9a55-6a7d2a0d6c0e'

/**
 * A UUID (version 5, RFC 9562) that is the same for the same parts and, for all that is known, for no others.
 *
 * @example deriveId('box-office', 'POST /concerts', 'anonymous', idempotencyKey)
 */
export function deriveId(...parts: readonly string[]): string {
  return v5(JSON.stringify(parts), NAMESPACE)
}

/** The id of a command that a policy issues in answer to an event: the same however often the event arrives (G5). */
export function deriveCommandId(policy: string, eventId: string, index: number): string {
  return deriveId('policy', policy, eventId, String(index))
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
