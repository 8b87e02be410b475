import { expect, test } from 'vitest'
import { addressOf, hashOf } from './address.ts'

test('what is written is read again', () => {
  const hash = hashOf(['box-office', 'a/b c'], { email: 'ada+1@example.com', none: undefined, empty: '' })
  expect(hash).toBe('#/box-office/a%2Fb%20c?email=ada%2B1%40example.com')
  const { segments, query } = addressOf(hash)
  expect(segments).toEqual(['box-office', 'a/b c'])
  expect([...query]).toEqual([['email', 'ada+1@example.com']])
})

test('the start is nowhere, and what is malformed is kept as it is', () => {
  expect(addressOf('').segments).toEqual([])
  expect(addressOf('#/').segments).toEqual([])
  expect(addressOf('#/%E0%A4%A').segments).toEqual(['%E0%A4%A'])
})
