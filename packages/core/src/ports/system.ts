import { randomFillSync } from 'node:crypto'
import { v7 } from 'uuid'
import type { Clock } from './clock.ts'
import type { Identity } from './identity.ts'

let latest = 0

/** The machine's clock; holds still while the machine's own clock is set back. */
export const systemClock: Clock = {
  now: () => {
    latest = Math.max(latest, Date.now())
    return latest
  },
  soon: (callback) => {
    setImmediate(callback)
  },
  after: (milliseconds, callback) => {
    const timer = setTimeout(callback, milliseconds)
    timer.unref()
    return () => clearTimeout(timer)
  },
}

const RANDOM_BYTES_OF_AN_ID = 16

/** Random bytes are drawn for many ids at once: a draw for each would be the largest cost of a command. */
const pool = new Uint8Array(RANDOM_BYTES_OF_AN_ID * 512)
let drawn = pool.length

function randomBytes(): Uint8Array {
  if (drawn === pool.length) {
    randomFillSync(pool)
    drawn = 0
  }
  drawn += RANDOM_BYTES_OF_AN_ID
  return pool.subarray(drawn - RANDOM_BYTES_OF_AN_ID, drawn)
}

let milliseconds = 0
let sequence = 0

/** Counts up within a millisecond, from a random start, so that ids are in the order in which they were made. */
function newId(): string {
  const random = randomBytes()
  const now = systemClock.now()
  if (now > milliseconds) {
    milliseconds = now
    sequence = new DataView(random.buffer, random.byteOffset).getUint32(0) >>> 1
  } else {
    sequence += 1
  }
  return v7({ msecs: milliseconds, seq: sequence, random })
}

/** Ids and chance from the machine. */
export const systemIdentity: Identity = { newId, random: Math.random }
