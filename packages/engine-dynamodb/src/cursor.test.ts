import { expect, it } from 'vitest'
import { EngineError } from 'weir/ports'
import { covers, isAtLeast, parsePlaces, readCursor, unlocated, writePlaces } from './cursor.ts'

it('a cursor comes back as it was written', () => {
  const places = [{ page: 3, offset: 2 }, undefined, { page: 1, offset: 0 }]
  expect(writePlaces(places)).toBe('3.2,-,1.0')
  expect(readCursor('3.2,-,1.0', 3)).toEqual(places)
  expect(readCursor(undefined, 2)).toEqual([
    { page: 1, offset: 0 },
    { page: 1, offset: 0 },
  ])
})

it('what was not written here is refused', () => {
  for (const text of ['', '-', '1', '1.2.3', '1.0 ', `1.0,${'1.0,'.repeat(2_000)}1.0`]) {
    expect(parsePlaces(text)).toBeUndefined()
    expect(() => readCursor(text, 1)).toThrow(EngineError)
  }
  expect(() => readCursor('1.0,1.0', 1)).toThrow(/not a place in the feed of this store/)
  expect(() => covers('1.0', unlocated)).toThrow(/has to be located/)
})

it('G8 a place is covered by who stands there or behind it, in every lane that he reads', () => {
  expect(covers('3.2,1.0', '3.2,-')).toBe(true)
  expect(covers('3.1,9.0', '3.2,-')).toBe(false)
  expect(covers('4.0,1.0', '3.2,-')).toBe(true)
  expect(covers('-,1.0', '3.2,-')).toBe(true)
  expect(covers('-,1.0', '3.2,1.1')).toBe(false)
  expect(covers(undefined, '1.1,-')).toBe(false)
  expect(covers(undefined, '1.0,1.0')).toBe(true)
})

it('G9 one cursor is at least another when it is nowhere behind it', () => {
  expect(isAtLeast('3.0,3.0', '3.0,2.9')).toBe(true)
  expect(isAtLeast('3.0,2.0', '2.0,3.0')).toBe(false)
  expect(isAtLeast(undefined, undefined)).toBe(true)
  expect(isAtLeast('1.0', undefined)).toBe(true)
  expect(isAtLeast(undefined, '2.0')).toBe(false)
  expect(isAtLeast('2.0', 'x')).toBe(false)
})
