import { createHash } from 'node:crypto'
import { endOfPrefix } from 'weir/ports'

/**
 * How names are stored as parts of keys: their order is that of their UTF-8 bytes, as DynamoDB compares text.
 *
 * 1. A key holds at least one byte: the empty name is U+0000, which no name holds.
 * 2. A sort key holds 1,024 bytes at most. A longer name is cut, and its hash set behind U+0000: it is told from all
 *    others, and stands where it belongs but among those that begin alike. The whole of it is kept beside.
 */
const maxBytes = 900

/** In UTF-8 a character of JavaScript takes three bytes at most. */
const surelyShort = maxBytes / 3

const nul = '\0'

/** The key of a name; no two names have the same. */
export function toKey(name: string): string {
  if (name === '') return nul
  return isLong(name) ? `${cut(name)}${nul}${createHash('sha256').update(name).digest('base64url')}` : name
}

/** Whether a key does not tell its name. */
export function isLong(name: string): boolean {
  return name.length > surelyShort && Buffer.byteLength(name) > maxBytes
}

/** The name of a key, when it is not one that was cut. */
export function toName(key: string): string {
  return key === nul ? '' : key
}

/** The first key that a name can have that begins with a prefix. */
export function firstKey(prefix: string): string {
  if (prefix === '') return nul
  return isLong(prefix) ? cut(prefix) : prefix
}

/** What lies behind all keys of names that begin with a prefix; undefined when nothing does. */
export function endOfKeys(prefix: string): string | undefined {
  return isLong(prefix) ? `${cut(prefix)}\u{10ffff}` : endOfPrefix(prefix)
}

function cut(name: string): string {
  const bytes = Buffer.from(name)
  let end = maxBytes
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return bytes.subarray(0, end).toString()
}
