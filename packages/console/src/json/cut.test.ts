import { expect, test } from 'vitest'
import { cutSame } from './cut.ts'
import { differenceOf } from './difference.ts'

const textOf = (before: unknown, after: unknown) =>
  cutSame(differenceOf(before, after)).map(({ sign, pieces }) => sign + pieces.map(({ text }) => text).join(''))

const many = Object.fromEntries(Array.from('abcdefgh', (letter, index) => [letter, index]))

test('what is far from any change is cut, and counted', () => {
  expect(textOf(many, { ...many, d: 9 })).toEqual([
    ' … 2 lines the same',
    ' "b": 1',
    ' "c": 2',
    '-"d": 3',
    '+"d": 9',
    ' "e": 4',
    ' "f": 5',
    ' … 3 lines the same',
  ])
})

test('where nothing changed, all is cut', () => {
  expect(textOf(many, many)).toEqual([' … 10 lines the same'])
})
