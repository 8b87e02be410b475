import { expect, test } from 'vitest'
import { faultOfKey } from './key.ts'

test.each(['', 'two words', 'schlüssel', 'line\nbreak'])('%j cannot be a key', (key) => {
  expect(faultOfKey(key)).toMatch(/\.$/)
})

test('what a header can carry may be one', () => {
  expect(faultOfKey('op_4f-9~!')).toBeUndefined()
})
