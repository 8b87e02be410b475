import { expect, test } from 'vitest'
import { ago, counted, dateParts, isPast } from './words.ts'

const now = Date.parse('2030-05-01T12:00:00.000Z')

test.each([
  ['2030-05-01T11:59:30.000Z', 'just now'],
  ['2030-05-01T12:00:30.000Z', 'just now'],
  ['2030-05-01T11:58:10.000Z', '1 minute ago'],
  ['2030-05-01T09:00:00.000Z', '3 hours ago'],
  ['2030-04-30T11:00:00.000Z', 'yesterday'],
  ['2028-04-30T11:00:00.000Z', '2 years ago'],
])('%s is %s', (moment, words) => {
  expect(ago(moment, now)).toBe(words)
})

test('one is not many', () => {
  expect(counted(1, 'seat')).toBe('1 seat')
  expect(counted(2, 'seat')).toBe('2 seats')
  expect(counted(0, 'box', 'boxes')).toBe('0 boxes')
})

test('a day is that day, whatever the time zone; a time is only told where there is one', () => {
  expect(dateParts('2030-06-01').day).toBe('1')
  expect(dateParts('2030-06-01').long).not.toContain(':')
  expect(dateParts('2030-06-01T20:30').day).toBe('1')
  expect(dateParts('2030-06-01T20:30').long).toContain(':30')
})

test('a day is past when it is over, a time when it has come', () => {
  const noon = new Date('2030-05-01T12:00').getTime()
  const dates = ['2030-04-30', '2030-05-01', '2030-05-01T11:59', '2030-05-01T12:01']
  expect(dates.map((date) => isPast(date, noon))).toEqual([true, false, true, false])
})
