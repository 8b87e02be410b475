import type { Clock } from 'weir/ports'
import { systemClock } from 'weir/ports'

/**
 * The machine's own scheduling, but a time that goes on whenever it is asked for: no two moments are one.
 *
 * @param step how far it goes on, in milliseconds
 */
export function tickingClock(start = '2030-01-01T00:00:00.000Z', step = 1000): Clock {
  let time = Date.parse(start)
  return {
    ...systemClock,
    now: () => {
      time += step
      return time
    },
  }
}
