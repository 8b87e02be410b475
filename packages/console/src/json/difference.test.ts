import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type DiffLine, differenceOf, extentOf } from './difference.ts'

const textOf = (lines: readonly DiffLine[]) =>
  lines.map(({ sign, depth, pieces }) => `${sign} ${'  '.repeat(depth)}${pieces.map(({ text }) => text).join('')}`)
const diff = (before: unknown, after: unknown) => textOf(differenceOf(before, after))

test('what was changed is shown before and after, in its place', () => {
  expect(diff({ status: 'placed', coffee: { name: 'Latte' } }, { status: 'paid', coffee: { name: 'Latte' } })).toEqual([
    '  {',
    '-   "status": "placed"',
    '+   "status": "paid"',
    '    "coffee": {',
    '      "name": "Latte"',
    '    }',
    '  }',
  ])
})

test('members come and go', () => {
  expect(diff({ a: 1, b: [] }, { a: 1, c: null })).toEqual(['  {', '    "a": 1', '-   "b": []', '+   "c": null', '  }'])
})

test('the order of members is no difference', () => {
  expect(extentOf(differenceOf({ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }))).toEqual({
    added: 0,
    removed: 0,
  })
})

test('what was not there is new as a whole, and the other way round', () => {
  expect(diff(undefined, { id: '1' })).toEqual(['+ {', '+   "id": "1"', '+ }'])
  expect(diff({ id: '1' }, undefined)).toEqual(['- {', '-   "id": "1"', '- }'])
  expect(diff(null, { id: '1' })).toEqual(['- null', '+ {', '+   "id": "1"', '+ }'])
})

test('members may be called as what every object has', () => {
  const odd = JSON.parse('{ "__proto__": 1, "valueOf": 2 }')
  expect(extentOf(differenceOf({}, odd))).toEqual({ added: 2, removed: 0 })
})

describe('an array', () => {
  test('whose first item is gone keeps the others', () => {
    expect(diff(['a', 'b', 'c'], ['b', 'c'])).toEqual(['  [', '-   "a"', '    "b"', '    "c"', '  ]'])
  })

  test('shows what changed within an item that has an id', () => {
    const [first, second] = [
      { id: 1, seats: 2 },
      { id: 2, seats: 5 },
    ]
    expect(diff([first, second], [{ ...second, seats: 4 }])).toEqual([
      '  [',
      '-   {',
      '-     "id": 1',
      '-     "seats": 2',
      '-   }',
      '    {',
      '      "id": 2',
      '-     "seats": 5',
      '+     "seats": 4',
      '    }',
      '  ]',
    ])
  })

  test('of many items is compared in a moment, also when its first ones are gone', () => {
    const many = Array.from({ length: 5000 }, (_, index) => ({ id: index, seats: 2 }))
    const later = [...many.slice(3).with(17, { id: 20, seats: 1 }), { id: 5000, seats: 2 }]
    expect(extentOf(differenceOf(many, later))).toEqual({ added: 5, removed: 13 })
  })

  test('of many items in another order shows as few as can be', () => {
    const many = Array.from({ length: 1000 }, (_, index) => `item ${index}`)
    const moved = [...many.slice(1), many[0]]
    expect(extentOf(differenceOf(many, moved))).toEqual({ added: 1, removed: 1 })
  })
})

test('of whatever two values, one side is left when the lines of the other are taken out', () => {
  /** What is empty on one side only stands in two lines. */
  const split = (line: string) => (/[{[][}\]]$/.test(line) ? [line.slice(0, -1), line.slice(-1)] : [line])
  const side = (lines: readonly string[], left: string) =>
    lines.filter((line) => line[0] !== left).flatMap((line) => split(line.slice(2).trim()))
  const json = fc.jsonValue({ maxDepth: 3 })
  fc.assert(
    fc.property(json, json, (before, after) => {
      const all = diff(before, after)
      expect(side(all, '+').sort()).toEqual(side(diff(before, before), '+').sort())
      expect(side(all, '-').sort()).toEqual(side(diff(after, after), '-').sort())
    }),
    { numRuns: 200 },
  )
})
