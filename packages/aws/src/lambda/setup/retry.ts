import { setTimeout as pause } from 'node:timers/promises'

/** How often a call is made, and how long it is waited before the second one at most, in milliseconds. */
const attempts = 5
const base = 50

/**
 * Sends entries of a batch, of which some may fail by themselves: these are sent again, after a random while that may be
 * twice as long each time.
 *
 * @param send answers those that failed in a way that may pass
 * @returns those that have failed to the end
 */
export async function sendAll<T>(entries: readonly T[], send: (entries: readonly T[]) => Promise<T[]>): Promise<T[]> {
  let left = [...entries]
  for (let attempt = 1; left.length > 0; attempt += 1) {
    left = await send(left)
    if (attempt === attempts) break
    if (left.length > 0) await pause(Math.random() * base * 2 ** attempt)
  }
  return left
}
