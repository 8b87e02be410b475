/** How money and times are written for who reads them. */

const euros = new Intl.NumberFormat(undefined, { style: 'currency', currency: 'EUR' })
const count = new Intl.NumberFormat()
// It stands within sentences of these pages.
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })

/** @param amount in euros */
export function money(amount: number): string {
  return euros.format(amount)
}

/** @param amount in cents */
export function moneyOfCents(amount: number): string {
  return euros.format(amount / 100)
}

export function counted(number: number, one: string, many = `${one}s`): string {
  return `${count.format(number)} ${number === 1 ? one : many}`
}

const units: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
]

/** `3 minutes ago`. */
export function ago(moment: string, now: number): string {
  const seconds = (new Date(moment).getTime() - now) / 1000
  const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) ?? []
  return unit && size ? relative.format(Math.trunc(seconds / size), unit) : 'just now'
}

/** Whether a day is over, or a time on it is past: at the place where we are when it has no zone. */
export function isPast(date: string, now: number): boolean {
  return new Date(date.length === 10 ? `${date}T23:59:59.999` : date).getTime() < now
}

/** A day, or a time on it, as it was given: without a zone it is the time at the place, with one it is told in ours. */
export function dateParts(date: string): {
  readonly day: string
  readonly month: string
  readonly year: string
  readonly long: string
} {
  const isDay = date.length === 10
  const moment = new Date(isDay ? `${date}T00:00` : date)
  const time = isDay ? {} : ({ hour: '2-digit', minute: '2-digit' } as const)
  return {
    day: moment.toLocaleDateString(undefined, { day: 'numeric' }),
    month: moment.toLocaleDateString(undefined, { month: 'short' }),
    year: moment.toLocaleDateString(undefined, { year: 'numeric' }),
    long: moment.toLocaleString(undefined, {
      weekday: 'short',
      day: 'numeric',
      month: 'long',
      year: 'numeric',
      ...time,
    }),
  }
}
