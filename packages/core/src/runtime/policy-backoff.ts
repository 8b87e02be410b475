import type { Identity } from '../ports/index.ts'

const FIRST = 100
export const LONGEST_BACKOFF = 30_000

/**
 * How long to wait before the next attempt, in milliseconds: growing, with full jitter, so that what failed together does
 * not come back together.
 *
 * @param attempts how many have failed, from 1
 */
export function backoffAfter(attempts: number, identity: Pick<Identity, 'random'>): number {
  return identity.random() * Math.min(LONGEST_BACKOFF, FIRST * 2 ** (attempts - 1))
}
