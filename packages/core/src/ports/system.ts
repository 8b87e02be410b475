import { randomBytes } from 'node:crypto'
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
const RANDOM_DIGITS_OF_AN_ID = 12
const COUNTER_BITS = 26

let randomDigits = ''
let digitsUsed = 0
let milliseconds = 0
let timestamp = ''
let counter = 0

/** Random bytes are drawn for many ids at once: a draw for each was a third of a command's cost. */
function nextDigits(): string {
  if (digitsUsed + RANDOM_DIGITS_OF_AN_ID > randomDigits.length) {
    randomDigits = randomBytes(RANDOM_BYTES).toString('hex')
    digitsUsed = 0
  }
  digitsUsed += RANDOM_DIGITS_OF_AN_ID
  return randomDigits.slice(digitsUsed - RANDOM_DIGITS_OF_AN_ID, digitsUsed)
}

/** A new millisecond starts the counter at a random place in its lower half; a full counter borrows the next one. */
function tick(): void {
  const now = systemClock.now()
  counter += 1
  if (now <= milliseconds && counter < 2 ** COUNTER_BITS) return
  milliseconds = Math.max(now, milliseconds + 1)
  counter = Number.parseInt(nextDigits().slice(0, 7), 16) % 2 ** (COUNTER_BITS - 1)
  const digits = milliseconds.toString(16).padStart(12, '0')
  timestamp = `${digits.slice(0, 8)}-${digits.slice(8)}`
}

/**
 * A UUIDv7: milliseconds, a counter, chance (RFC 9562, 6.2, method 1). The text is put together here because three are
 * made for each command, and a library's way over bytes took a fifteenth of a command's cost.
 */
function newId(): string {
  tick()
  const high = (0x7000 | (counter >>> 14)).toString(16)
  const low = (0x8000 | (counter & 0x3fff)).toString(16)
  return `${timestamp}-${high}-${low}-${nextDigits()}`
}

/** Milliseconds, with fractions, that only go forward: for telling how long work took, never for deciding anything. */
export const systemStopwatch: () => number = () => performance.now()

/** Ids and chance from the machine. */
export const systemIdentity: Identity = { newId, random: Math.random }
