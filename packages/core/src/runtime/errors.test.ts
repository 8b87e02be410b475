import { expect, test } from 'vitest'
import { messageOf } from './errors.ts'

const cycle: { self?: unknown } = {}
cycle.self = cycle
const hostile = {
  get message(): string {
    throw new Error('no')
  },
}
const nothing = 'something was thrown that says nothing about itself'

test.each([
  ['an error', new TypeError('it failed'), 'it failed'],
  ['text', 'it failed', 'it failed'],
  ['an error of another realm', { message: 'it failed', stack: '' }, 'it failed'],
  ['an error without a message', new TypeError(), 'TypeError'],
  ['an error whose message is missing', Object.assign(new RangeError('x'), { message: undefined }), 'RangeError'],
  ['an error whose message is an object', Object.assign(new Error('x'), { message: { code: 1 } }), '{"code":1}'],
  ['an object', { code: 'EFULL' }, '{"code":"EFULL"}'],
  ['an object without a prototype', Object.create(null), '{}'],
  ['nothing', undefined, 'undefined'],
  ['null', null, 'null'],
  ['a number', 7, '7'],
  ['a symbol', Symbol('odd'), 'Symbol(odd)'],
  ['empty text', '', nothing],
  ['blanks', new Error(' \n'), nothing],
  ['a cycle', cycle, nothing],
  ['an error that throws when it is looked at', hostile, nothing],
  ['an object that is nothing in JSON', { toJSON: () => undefined }, nothing],
  ['half a character', '\ud83d', '\ufffd'],
])('of %s there are words', (_, thrown, words) => {
  expect(messageOf(thrown)).toBe(words)
})

test('long words are cut', () => {
  expect(messageOf(new Error('x'.repeat(2000)))).toBe('x'.repeat(2000))
  expect(messageOf(new Error('x'.repeat(2001)))).toBe(`${'x'.repeat(1999)}…`)
  expect(messageOf(`${'x'.repeat(1998)}👍👍`)).toBe(`${'x'.repeat(1998)}\ufffd…`)
})
