type Unit = 'ms' | 'second' | 'seconds' | 'minute' | 'minutes' | 'hour' | 'hours' | 'day' | 'days'

/** A span of time in words: `'100 ms'`, `'90 seconds'`, `'15 minutes'`, `'2 hours'`, `'1 day'`. */
export type Duration = `${number} ${Unit}`

const FORM = /^(\d+(?:\.\d+)?) (ms|second|minute|hour|day)(s?)$/
const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
}

/**
 * A duration in milliseconds, without fractions of one.
 *
 * @throws RangeError when the text is no duration
 * @example milliseconds('15 minutes') // 900000
 */
export function milliseconds(duration: Duration): number {
  const [, amount, unit = '', plural] = FORM.exec(duration) ?? []
  const result = Math.round(Number(amount) * (UNITS[unit] ?? Number.NaN))
  if (Number.isSafeInteger(result) && !(unit === 'ms' && plural)) return result
  throw new RangeError(
    `'${duration}' is no duration: write a number and ms, seconds, minutes, hours or days, such as '15 minutes'`,
  )
}
