import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Scalar } from 'weir/ports'
import { cutId, cutKey, isLong, toKey } from './key.ts'

const compare = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))
const sign = (a: Scalar, b: Scalar) => Math.sign(compare(toKey(a), toKey(b)))
const number = fc.oneof(fc.double({ noNaN: true }), fc.integer(), fc.constantFrom(0, -0, 2 ** 53, Number.MIN_VALUE))
const text = fc.string({ unit: 'binary' })

/** Texts about as long as what is cut, alike up to there. */
const long = fc
  .record({ unit: fc.constantFrom('x', 'é', '中', '\u{1f600}'), length: fc.integer({ min: 190, max: 410 }), end: text })
  .map(({ unit, length, end }) => unit.repeat(length) + end)

it('numbers are in order of their value', () => {
  void fc.assert(
    fc.property(number, number, (a, b) => {
      expect(sign(a, b)).toBe(Math.sign(Number(a > b) - Number(a < b)))
    }),
  )
})

it('a number from everyday life takes few characters', () => {
  expect([0, 1, 42, -1, 1.5, 1_000_000].map(toKey)).toEqual([
    'n8',
    'nbff',
    'nc045',
    'n400fffffffffffff',
    'nbff8',
    'nc12e848',
  ])
})

it('texts are in order of their bytes, also where they hold what PostgreSQL cannot', () => {
  const texts = fc.oneof(text, fc.string({ unit: fc.constantFrom('\0', '\u0001', '\u0002', 'a') }))
  void fc.assert(
    fc.property(texts, texts, (a, b) => {
      expect(sign(a, b)).toBe(Math.sign(compare(a, b)))
    }),
  )
  void fc.assert(
    fc.property(texts, (a) => {
      expect(toKey(a)).not.toContain('\0')
    }),
  )
})

it('null comes before all else, and numbers before texts', () => {
  const ordered: Scalar[] = [null, Number.NEGATIVE_INFINITY, false, true, Number.POSITIVE_INFINITY, '', 'a']
  for (const [index, value] of ordered.entries()) {
    for (const other of ordered.slice(index + 1)) expect(sign(value, other)).toBe(-1)
  }
  expect([undefined, {}, []].map(toKey)).toEqual(['', '', ''])
})

it('what is cut stands where the whole of it belongs, or beside what is cut alike', () => {
  const either = fc.oneof(
    long,
    long.map((each) => `${each}x`),
    text,
  )
  void fc.assert(
    fc.property(either, either, (a, b) => {
      const order = Math.sign(compare(cutKey(toKey(a)), cutKey(toKey(b))))
      if (order !== 0) expect(order).toBe(sign(a, b))
      else expect(a === b || (isLong(toKey(a)) && isLong(toKey(b)))).toBe(true)
    }),
  )
})

it('an entry of an index holds the longest key with the longest id', () => {
  for (const unit of ['x', 'é', '中', '\u{1f600}', '\0']) {
    const whole = unit.repeat(5_000)
    const size = Buffer.byteLength(cutKey(toKey(whole)) + cutId(unit === '\0' ? 'x' : whole))
    expect(size).toBeLessThan(2_600)
  }
})

it('no two ids are stored alike', () => {
  const id = fc.oneof(long, text)
  void fc.assert(
    fc.property(id, id, (a, b) => {
      expect(cutId(a) === cutId(b)).toBe(a === b)
    }),
  )
  const whole = 'x'.repeat(5_000)
  expect(cutId(cutId(whole))).not.toBe(cutId(whole))
})
