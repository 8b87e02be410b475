import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatQuery, parseQuery } from './query-string.ts'

test('what is written is read again', () => {
  const word = fc.string({ unit: 'grapheme', minLength: 1 })
  fc.assert(
    fc.property(fc.array(fc.tuple(word, fc.string({ unit: 'grapheme' }))), (parameters) => {
      expect(parseQuery(formatQuery(parameters))).toEqual(parameters)
    }),
    { seed: 7 },
  )
})

test('forms are read as browsers write them', () => {
  expect(parseQuery('a=1+2&b&c=x=y&&date%5Bgte%5D=2030')).toEqual([
    ['a', '1 2'],
    ['b', ''],
    ['c', 'x=y'],
    ['date[gte]', '2030'],
  ])
})

test.each(['a=%', 'a=%zz', '%E0%A4%A=1', 'a=%ff'])('%s cannot be read', (query) => {
  expect(parseQuery(query)).toBeUndefined()
})
