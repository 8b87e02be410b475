import { randomFillSync } from 'node:crypto'
import type { Clock } from './clock.ts'
import type { Identity } from './identity.ts'

/** What a timer can count to, in milliseconds. */
const LONGEST_INTERVAL = 2 ** 31 - 1

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
  stayAlive: () => {
    const timer = setInterval(() => {}, LONGEST_INTERVAL)
    return () => clearInterval(timer)
  },
}

const RANDOM_BYTES = 8190
const RANDOM_BYTES_OF_AN_ID = 6
const COUNTER_BITS = 26
const LOW_COUNTER_BITS = 14
const HEX = Buffer.from('0123456789abcdef')
/** Where the parts of an id begin in its text. */
const COUNTER_AT = 14
const LOW_COUNTER_AT = 19
const CHANCE_AT = 24

const random = Buffer.alloc(RANDOM_BYTES)
let randomUsed = RANDOM_BYTES
let milliseconds = 0
let counter = 0
/** The last id, as text. */
const text = Buffer.from('00000000-0000-7000-8000-000000000000')

/** Random bytes are drawn for many ids at once: a draw for each was a third of a command's cost. */
function drawChance(): void {
  if (randomUsed + RANDOM_BYTES_OF_AN_ID > RANDOM_BYTES) {
    randomFillSync(random)
    randomUsed = 0
  }
  randomUsed += RANDOM_BYTES_OF_AN_ID
}

/** A new millisecond starts the counter at a random place in its lower half; a full counter borrows the next one. */
function tick(): void {
  const now = systemClock.now()
  counter += 1
  if (now <= milliseconds && counter < 2 ** COUNTER_BITS) return
  milliseconds = Math.max(now, milliseconds + 1)
  drawChance()
  counter = random.readUInt32LE(randomUsed - 4) % 2 ** (COUNTER_BITS - 1)
  const digits = milliseconds.toString(16).padStart(12, '0')
  text.write(`${digits.slice(0, 8)}-${digits.slice(8)}`, 'latin1')
}

function writeHex(value: number, digits: number, at: number): void {
  for (let place = at + digits - 1, rest = value; place >= at; place -= 1, rest >>>= 4) {
    text[place] = HEX[rest & 15] as number
  }
}

/**
 * A UUIDv7: milliseconds, a counter, chance (RFC 9562, 6.2, method 1). The text is put together here because three are
 * made for each command, and a library's way over bytes took a fifteenth of a command's cost.
 */
function newId(): string {
  tick()
  writeHex(0x7000 | (counter >>> LOW_COUNTER_BITS), 4, COUNTER_AT)
  writeHex(0x8000 | (counter & (2 ** LOW_COUNTER_BITS - 1)), 4, LOW_COUNTER_AT)
  drawChance()
  writeHex(random.readUIntBE(randomUsed - 6, 3), 6, CHANCE_AT)
  writeHex(random.readUIntBE(randomUsed - 3, 3), 6, CHANCE_AT + 6)
  return text.toString('latin1')
}

/** Milliseconds, with fractions, that only go forward: for telling how long work took, never for deciding anything. */
export const systemStopwatch: () => number = () => performance.now()

/** Ids and chance from the machine. */
export const systemIdentity: Identity = { newId, random: Math.random }
