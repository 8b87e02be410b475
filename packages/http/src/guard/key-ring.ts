import { createHash, timingSafeEqual } from 'node:crypto'

const SENDABLE = /^[\x21-\x2b\x2d-\x7e]+$/
const HASH_BYTES = 8

/**
 * Keys that open something; several at once, so that one can be replaced while the other is still in use.
 *
 * 1. Keys are kept as digests. Elsewhere (events, logs) a key is known by a short hash.
 * 2. The time that a comparison takes tells nothing: digests are compared, each in constant time, with all of the ring.
 */
export class KeyRing {
  readonly #digests: readonly Buffer[]

  /**
   * @param option where the keys come from, for messages; the keys themselves are not shown
   * @throws when a key cannot be sent in a header
   */
  constructor(option: string, keys: readonly string[] = []) {
    for (const [index, key] of keys.entries()) {
      if (!SENDABLE.test(key)) {
        throw new Error(`${option}[${index}] cannot be sent in a header: use visible ASCII characters without commas`)
      }
    }
    this.#digests = keys.map(digestOf)
  }

  get isEmpty(): boolean {
    return this.#digests.length === 0
  }

  /** The short hash of this key if it is one of the ring. */
  hashOf(key: string): string | undefined {
    const digest = digestOf(key)
    let isKnown = false
    for (const known of this.#digests) isKnown = timingSafeEqual(known, digest) || isKnown
    return isKnown ? digest.toString('hex', 0, HASH_BYTES) : undefined
  }
}

function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}
