const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** `45 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`; seconds are rounded up. */
export function duration(seconds: number): string {
  const all = Math.ceil(seconds)
  if (all < MINUTE) return `${all} s`
  if (all < HOUR) return two(all, MINUTE, 'min', 1, 's')
  if (all < DAY) return two(all, HOUR, 'h', MINUTE, 'min')
  return two(all, DAY, 'd', HOUR, 'h')
}

function two(all: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.floor((all % large) / small)
  const first = `${Math.floor(all / large)} ${largeName}`
  return rest === 0 ? first : `${first} ${rest} ${smallName}`
}

/** `+0 ms`, `+12 ms`, `+3.21 s`, `+2 min 5 s`: between two moments, in milliseconds. */
export function elapsed(milliseconds: number): string {
  const sign = milliseconds < 0 ? '−' : '+'
  const size = Math.abs(milliseconds)
  if (size < 1000) return `${sign}${Math.round(size)} ms`
  if (size < 60_000) return `${sign}${(size / 1000).toFixed(2)} s`
  return sign + duration(size / 1000)
}

/** `in 3 min 20 s`, `due now`, `5 s ago`: a moment as seen from another, both in milliseconds. */
export function fromNow(moment: number, now: number): string {
  const seconds = (moment - now) / 1000
  if (Math.abs(seconds) < 1) return 'now'
  return seconds > 0 ? `in ${duration(seconds)}` : `${duration(Math.floor(-seconds))} ago`
}

const clock: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }
const day: Intl.DateTimeFormatOptions = { year: 'numeric', month: '2-digit', day: '2-digit' }

/** `2031-05-02 09:30:00.123` in the zone; without the day when it is `now`'s day. */
export function localTime(iso: string, { now, zone }: { now: number; zone?: string }): string {
  const moment = new Date(iso)
  if (Number.isNaN(moment.getTime())) return iso
  const format = (options: Intl.DateTimeFormatOptions, of: Date) =>
    new Intl.DateTimeFormat('sv-SE', { ...options, timeZone: zone }).format(of)
  const time = `${format(clock, moment)}.${String(moment.getUTCMilliseconds()).padStart(3, '0')}`
  const date = format(day, moment)
  return date === format(day, new Date(now)) ? time : `${date} ${time}`
}
