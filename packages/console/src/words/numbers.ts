const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const short = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 })

/** `1,234,567` */
export function count(number: number): string {
  return whole.format(number)
}

/** `1.2M`, for where there is little room. */
export function compact(number: number): string {
  return short.format(number)
}

/** `12 events`, `1 event` */
export function counted(number: number, thing: string): string {
  return `${count(number)} ${number === 1 ? thing : `${thing}s`}`
}

/** Whole percents, and 100 only when all is done. */
export function percent(done: number, total: number): number {
  return total === 0 ? 100 : Math.min(100, Math.floor((100 * done) / total))
}
