import { createHash } from 'node:crypto'
import type { Scalar } from 'weir/ports'

/**
 * How ids and the values of indexed fields are stored: as text whose order by bytes is the order asked for.
 *
 * 1. Null is the empty text, numbers (booleans as 0 and 1) begin with `n`, texts with `s`: so null comes first, and one
 *    comparison serves all.
 * 2. An entry of an index can hold some 2,700 bytes. What is longer than `maxLength` is cut, and marked by the highest of
 *    characters: it is told from all that is short, and stands among them where it belongs. The whole of it stands beside.
 */
const maxLength = 400

/** The last character of what was cut. */
export const mark = '\u{10ffff}'

/** The digits of the hash with which an id ends that was cut. */
export const hashLength = 64

/** An id that was cut has at least so many characters, as PostgreSQL counts them: one may be two units here. */
export const minCutLength: number = maxLength / 2 + hashLength

const double = new DataView(new ArrayBuffer(8))

/** The whole key of a value. What is no scalar counts as null. */
export function toKey(value: unknown): string {
  if (typeof value === 'string') return `s${escapeNul(value.toWellFormed())}`
  if (typeof value === 'number') return numberKey(value)
  return typeof value === 'boolean' ? numberKey(Number(value)) : ''
}

/** Whether a key, or an id, is too long for an index. */
export function isLong(text: string): boolean {
  return text.length > maxLength
}

/** A key as it is indexed. Of two that are cut alike the whole ones have to be compared. */
export function cutKey(key: string): string {
  return isLong(key) ? `${key.slice(0, maxLength).replace(/[\ud800-\udbff]$/, '')}${mark}` : key
}

/** An id as it is stored: none is stored like another. Long ones that begin alike are in the order of a hash. */
export function cutId(id: string): string {
  return isLong(id) ? cutKey(id) + createHash('sha256').update(id).digest('hex') : id
}

/** Whether a value is compared as null. */
export function isNull(value: Scalar): boolean {
  return toKey(value) === ''
}

/** PostgreSQL holds no U+0000; U+0001 makes room for it. */
function escapeNul(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is about those
  return text.replace(/[\0\u0001]/g, (character) => (character === '\0' ? '\u0001\u0001' : '\u0001\u0002'))
}

/**
 * The bits of a double, turned so that they are in the order of the numbers, as hexadecimal digits. Zeros at the end are
 * left out: most numbers are small and whole, and then five characters are enough.
 */
function numberKey(value: number): string {
  // Adding turns -0 into 0.
  double.setFloat64(0, value + 0)
  const turn = double.getUint8(0) & 0x80 ? 0xffffffff : 0
  const high = (double.getUint32(0) ^ (turn || 0x80000000)) >>> 0
  const low = (double.getUint32(4) ^ turn) >>> 0
  return `n${(high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0')).replace(/0+$/, '')}`
}
