import { expect, test } from 'vitest'
import { shortStream } from './streams.ts'

test('long ids are cut in the middle', () => {
  expect(shortStream('order-01a22166-7b91-7658-a483-aebe2d884e4e')).toBe('order-…4e4e')
  expect(shortStream('account-a')).toBe('account-a')
})
