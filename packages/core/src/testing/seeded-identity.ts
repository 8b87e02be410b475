import { v7 } from 'uuid'
import type { Clock, Identity } from '../ports/index.ts'
import { chance } from './chance.ts'

/**
 * Ids and chance that are the same in every run from the same seed and clock.
 *
 * @param clock where the time in the ids comes from
 * @example
 * const clock = virtualClock()
 * const runtime = await startRuntime(boxOffice, { engine: memoryEngine(), clock, identity: seededIdentity(42, clock) })
 */
export function seededIdentity(seed: number, clock: Pick<Clock, 'now'>): Identity {
  const random = chance(seed)
  let seq = 0
  return {
    random,
    newId: () => {
      seq += 1
      return v7({ msecs: clock.now(), seq, random: Uint8Array.from({ length: 16 }, () => random() * 256) })
    },
  }
}
