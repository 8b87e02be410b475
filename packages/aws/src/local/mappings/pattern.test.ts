import { expect, test } from 'vitest'
import { matches } from './pattern.ts'

const event = { eventName: 'INSERT', dynamodb: { NewImage: { S: { S: 'order-1' } } } }

test.each([
  [{ eventName: ['INSERT', 'MODIFY'] }, true],
  [{ eventName: ['REMOVE'] }, false],
  [{ eventName: [{ 'anything-but': ['REMOVE'] }] }, true],
  [{ dynamodb: { NewImage: { S: { S: [{ prefix: 'order-' }] } } } }, true],
  [{ dynamodb: { NewImage: { S: { S: [{ suffix: '-2' }] } } } }, false],
  [{ dynamodb: { OldImage: [{ exists: false }] } }, true],
  [{ dynamodb: { NewImage: [{ exists: false }] } }, false],
])('%j: %s', (pattern, fits) => {
  expect(matches(pattern, event)).toBe(fits)
})

test('a comparison that is not known is named', () => {
  expect(() => matches({ eventName: [{ numeric: ['>', 1] }] }, event)).toThrow("compares with 'numeric'")
})
