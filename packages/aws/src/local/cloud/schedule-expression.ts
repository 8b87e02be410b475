import { LocalCloudError } from '../errors.ts'

const minutes = { minute: 1, hour: 60, day: 1440 } as const

/**
 * Whether a schedule is due in a minute.
 *
 * @param expression such as `rate(5 minutes)` or `cron(0 3 * * ? *)`
 * @param minute minutes since 1970
 * @param start the minute that rates are counted from
 * @throws LocalCloudError when the expression is none
 */
export function dueAt(expression: string, minute: number, start: number): boolean {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? []
  if (unit) return (minute - start) % (Number(count) * minutes[unit as keyof typeof minutes]) === 0
  const [, fields] = /^cron\((.+)\)$/.exec(expression) ?? []
  if (!fields) throw new LocalCloudError(`${expression} is no schedule: rate(…) or cron(…).`)
  return cronFits(fields.split(/\s+/), new Date(minute * 60_000))
}

/** Minutes, hours, day of the month, month, day of the week (1 is Sunday), year. */
function cronFits(fields: readonly string[], date: Date): boolean {
  const values = [
    date.getUTCMinutes(),
    date.getUTCHours(),
    date.getUTCDate(),
    date.getUTCMonth() + 1,
    date.getUTCDay() + 1,
    date.getUTCFullYear(),
  ]
  return values.every((value, at) => fieldFits(fields[at] ?? '*', value, at === 2 || at === 3 || at === 4 ? 1 : 0))
}

const names = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']

function fieldFits(field: string, value: number, first: number): boolean {
  return field.split(',').some((part) => {
    const [range = '*', step] = part.split('/')
    if (range === '*' || range === '?') return (value - first) % Number(step ?? 1) === 0
    const [from = 0, to] = range.split('-').map(numberOf)
    const isIn = value >= from && value <= (to ?? (step === undefined ? from : Number.POSITIVE_INFINITY))
    return isIn && (value - from) % Number(step ?? 1) === 0
  })
}

function numberOf(text: string): number {
  const day = names.indexOf(text.toUpperCase())
  return day < 0 ? Number(text) : day + 1
}
