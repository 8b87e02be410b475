import type { Identity, WaitingEvent } from '../ports/index.ts'

const FIRST = 100
export const LONGEST_BACKOFF = 30_000

/**
 * How long to wait before the next attempt, in milliseconds: growing, with full jitter, so that what failed together does
 * not come back together.
 *
 * @param attempts how many have failed, from 1
 */
export function backoffAfter(attempts: number, identity: Pick<Identity, 'random'>): number {
  return identity.random() * longestAfter(attempts)
}

/**
 * The same for whoever knows only when it failed first: then at the latest the next attempt is due, in milliseconds since
 * the epoch, if there was none later than it had to be.
 */
export function dueAfter({ since, attempts }: Pick<WaitingEvent, 'since' | 'attempts'>): number {
  let due = since
  for (let failed = 1; failed <= attempts; failed += 1) due += longestAfter(failed)
  return due
}

function longestAfter(attempts: number): number {
  return Math.min(LONGEST_BACKOFF, FIRST * 2 ** (attempts - 1))
}
