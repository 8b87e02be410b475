import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { storedForm } from './stored-form.ts'

const throughJson = (value: unknown) => JSON.parse(JSON.stringify(value))

describe('the stored form of a document', () => {
  test('is what comes back from JSON, whatever it holds', () => {
    const odd = fc.constantFrom(undefined, Number.NaN, -0, Number.POSITIVE_INFINITY, Symbol('s'), () => 1, new Date(0))
    const value = fc.letrec<{ node: unknown; object: object }>((tie) => ({
      node: fc.oneof(fc.jsonValue(), odd, fc.array(tie('node')), tie('object')),
      object: fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('__proto__', '7', 'a')), tie('node')),
    })).object
    void fc.assert(
      fc.property(value, (document) => {
        expect(storedForm(document)).toStrictEqual(throughJson(document))
        expect(JSON.stringify(storedForm(document))).toBe(JSON.stringify(document))
      }),
    )
  })

  test.each([
    ['a list with gaps', Object.assign([], { 2: 'c' })],
    ['a list with properties', 'abc'.match(/b/)],
    ['an instance', new URL('http://localhost/')],
    ['a map', new Map([['a', 1]])],
    ['a boxed number', Object(1)],
    ['what tells its own form', { toJSON: () => ({ told: [1] }) }],
    ['what cannot be seen', Object.defineProperty({ [Symbol('s')]: 1 }, 'hidden', { value: 1 })],
    ['what has no prototype', Object.assign(Object.create(null), { a: 1 })],
  ])('of %s', (_, value) => {
    expect(storedForm({ value })).toStrictEqual(throughJson({ value }))
  })

  test('is frozen, and leaves what it was made of as it is', () => {
    const document = { list: [{ a: 1 }], date: new Date(0) }
    const form = storedForm(document) as typeof document
    expect([form, form.list, form.list[0]].every(Object.isFrozen)).toBe(true)
    expect([document, document.list, document.list[0]].some(Object.isFrozen)).toBe(false)
  })

  test.each([
    ['a bigint', 1n, /BigInt/],
    ['a cycle', cyclic(), /circular/],
  ])('there is none of %s', (_, value, why) => {
    expect(() => storedForm({ value })).toThrow(why)
  })
})

function cyclic(): object {
  const cycle: Record<string, unknown> = {}
  cycle.left = [cycle]
  cycle.right = [cycle]
  return cycle
}
