import { expect, test } from 'vitest'
import { dueAt } from './schedule-expression.ts'

const minute = (time: string) => Date.parse(`${time}Z`) / 60_000
const start = minute('2030-01-01T00:00')

test.each([
  ['rate(1 minute)', '2030-01-01T00:01', true],
  ['rate(5 minutes)', '2030-01-01T00:10', true],
  ['rate(5 minutes)', '2030-01-01T00:11', false],
  ['rate(1 hour)', '2030-01-01T02:00', true],
  ['rate(1 day)', '2030-01-02T00:00', true],
  ['cron(0 3 * * ? *)', '2030-05-05T03:00', true],
  ['cron(0 3 * * ? *)', '2030-05-05T03:01', false],
  ['cron(0/15 * * * ? *)', '2030-05-05T07:45', true],
  ['cron(0/15 * * * ? *)', '2030-05-05T07:50', false],
  ['cron(0 8-17 ? * MON-FRI *)', '2030-05-06T17:00', true],
  ['cron(0 8-17 ? * MON-FRI *)', '2030-05-05T17:00', false],
  ['cron(30 6 1,15 * ? 2030)', '2030-05-15T06:30', true],
])('%s at %s: %s', (expression, time, isDue) => {
  expect(dueAt(expression, minute(time), start)).toBe(isDue)
})

test('what is no schedule is named', () => {
  expect(() => dueAt('at(2030-01-01T00:00:00)', start, start)).toThrow('is no schedule')
})
