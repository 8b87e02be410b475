import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isNestedDeeper } from './nesting.ts'

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)

test('depth is counted exactly', () => {
  expect(isNestedDeeper(nested(100), 100)).toBe(false)
  expect(isNestedDeeper(nested(101), 100)).toBe(true)
  expect(isNestedDeeper(`{"a":${nested(99)}, "b":${nested(99)}}`, 100)).toBe(false)
  expect(isNestedDeeper(`{"a":${nested(100)}}`, 100)).toBe(true)
})

test('brackets inside strings do not count, whatever is escaped there', () => {
  const text = '['.repeat(300)
  for (const inside of [text, `\\"${text}`, `\\\\\\"${text}`]) expect(isNestedDeeper(`["${inside}"]`, 100)).toBe(false)
  expect(isNestedDeeper(`["\\\\", ${nested(100)}]`, 100)).toBe(true)
})

test('it agrees with the value that the text stands for', () => {
  const depthOf = (value: unknown): number =>
    typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.integer({ min: 0, max: 6 }), (value, deepest) => {
      expect(isNestedDeeper(JSON.stringify(value), deepest)).toBe(depthOf(value) > deepest)
    }),
    { seed: 7 },
  )
})
