import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Scalar } from '../ports/index.ts'
import { BadRequestError } from './errors.ts'
import { readPageCursor, writePageCursor } from './page-cursor.ts'

const text = fc.string({ unit: 'grapheme' })
const scalar: fc.Arbitrary<Scalar> = fc.oneof(
  text,
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value || 0),
  fc.boolean(),
  fc.constant(null),
)
const sort = fc.option(fc.record({ field: text.filter((field) => field !== ''), descending: fc.boolean() }), {
  nil: undefined,
})

const packed = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('page cursors', () => {
  test('are read as they were written, with the same sort', () => {
    void fc.assert(
      fc.property(sort, scalar, text, (by, value, id) => {
        expect(readPageCursor(by, writePageCursor(by, { value, id }))).toEqual({ value, id })
      }),
    )
  })

  test('are refused with another sort, and with the same one turned round', () => {
    const cursor = writePageCursor({ field: 'date', descending: false }, { value: 'x', id: '1' })
    for (const by of [undefined, { field: 'date', descending: true }, { field: 'name', descending: false }]) {
      expect(() => readPageCursor(by, cursor)).toThrow(expect.objectContaining({ code: 'other-sort' }))
    }
  })

  test.each([
    ['nothing', ''],
    ['a word', 'next'],
    ['no list', packed({})],
    ['too few parts', packed(['', 1])],
    ['a value that is none', packed(['', {}, '1'])],
    ['an id that is none', packed(['', null, 1])],
  ])('%s is malformed', (_, cursor) => {
    expect(() => readPageCursor(undefined, cursor)).toThrow(expect.objectContaining({ code: 'malformed-cursor' }))
  })

  test('whatever text comes, it is read or refused', () => {
    void fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue().map(packed)), (cursor) => {
        try {
          readPageCursor(undefined, cursor)
        } catch (error) {
          expect(error).toBeInstanceOf(BadRequestError)
        }
      }),
    )
  })
})
