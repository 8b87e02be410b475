const formatted = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** `1,234,567` */
export function count(number: number): string {
  return formatted.format(number)
}

/** `12 events`, `1 event` */
export function counted(number: number, thing: string): string {
  return `${count(number)} ${number === 1 ? thing : `${thing}s`}`
}

/** `45 s`, `3 min 20 s`, `2 h 5 min` */
export function duration(seconds: number): string {
  const whole = Math.ceil(seconds)
  if (whole < 60) return `${whole} s`
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return `${minutes} min ${whole % 60} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** Whole percents, and 100 only when all is done. */
export function percent(done: number, total: number): number {
  return total === 0 ? 100 : Math.floor((100 * done) / total)
}
