import { expect, it } from 'vitest'
import { endOfKeys, firstKey, isLong, toKey, toName } from './key.ts'

const long = 'ä'.repeat(600)

it('names are keys, but for the empty one and those that are too long for a key', () => {
  expect(['a', 'é', '🙂', 'x'.repeat(900)].map(toKey)).toEqual(['a', 'é', '🙂', 'x'.repeat(900)])
  expect([toKey(''), toName(toKey('')), isLong('')]).toEqual(['\0', '', false])
  expect([isLong(long), isLong('x'.repeat(901))]).toEqual([true, true])
  expect(Buffer.byteLength(toKey(long))).toBeLessThan(1_024)
})

it('names of great length that begin alike have keys of their own, each well-formed', () => {
  const keys = ['', '1', '2', '🙂'].map((end) => toKey(long + end))
  expect(new Set(keys).size).toBe(4)
  expect(toKey(`x${'ä'.repeat(600)}`).isWellFormed()).toBe(true)
  expect(toKey(`x${'ä'.repeat(600)}`)).not.toContain('\ufffd')
})

it('keys of names with a prefix lie between the first and the end of its keys', () => {
  const between = (prefix: string, name: string) => {
    const end = endOfKeys(prefix)
    const bytes = [firstKey(prefix), toKey(name), end ?? ''].map((text) => Buffer.from(text))
    const [first, key, last] = bytes as [Buffer, Buffer, Buffer]
    return Buffer.compare(first, key) <= 0 && (end === undefined || Buffer.compare(key, last) < 0)
  }
  expect(between('', '')).toBe(true)
  expect(between('order-', 'order-1')).toBe(true)
  expect(between('order-', `order-${long}`)).toBe(true)
  expect(between(long, `${long}1`)).toBe(true)
  expect(between('order-', 'orders')).toBe(false)
  expect(between('order-', 'order')).toBe(false)
})
