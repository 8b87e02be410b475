import { expect, test } from 'vitest'
import { freeName, pascalCase, singular } from './words.ts'

test.each([
  ['box-office', 'BoxOffice'],
  ['boxOffice', 'BoxOffice'],
  ['/concerts/:id', 'ConcertsId'],
])('%s in Pascal case is %s', (text, expected) => {
  expect(pascalCase(text)).toBe(expected)
})

test.each([
  ['concerts', 'concert'],
  ['test-items', 'test-item'],
  ['categories', 'category'],
  ['boxes', 'box'],
  ['searches', 'search'],
  ['addresses', 'address'],
  ['houses', 'house'],
  ['status', 'status'],
  ['analysis', 'analysis'],
  ['inventory', 'inventory'],
])('one of %s is a %s', (plural, expected) => {
  expect(singular(plural)).toBe(expected)
})

test('a name that is taken is avoided', () => {
  const taken = new Set(['a', 'b', 'b2'])
  const free = (...wanted: string[]) => freeName(wanted, (name) => taken.has(name))
  expect([free('c'), free('a', 'c'), free('a', 'b')]).toEqual(['c', 'c', 'b3'])
})
