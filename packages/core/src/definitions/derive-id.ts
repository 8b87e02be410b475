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

/**
 * The id of the aggregate that belongs to a value: what a route with `id: 'derived.<field>'` makes of its field.
 *
 * @example Payment.commands.refund(derivedIdOf(Payment, orderId), {})
 */
export function derivedIdOf(aggregate: { readonly name: string }, value: string): string {
  return deriveId('derived', aggregate.name, value)
}
