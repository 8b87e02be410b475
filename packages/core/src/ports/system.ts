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

/** Ids and chance from the machine. */
export const systemIdentity: Identity = { newId: () => v7(), random: Math.random }
