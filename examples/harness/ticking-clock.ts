import type { Clock } from 'weir/ports'
import { systemClock } from 'weir/ports'

/** The machine's own scheduling, but a time that goes on by a second whenever it is asked for: no two moments are one. */
export function tickingClock(start = '2030-01-01T00:00:00.000Z'): Clock {
  let time = Date.parse(start)
  return {
    ...systemClock,
    now: () => {
      time += 1000
      return time
    },
  }
}
