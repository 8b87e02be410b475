const FNV_OFFSET = 0x811c9dc5
const FNV_PRIME = 0x01000193

/** How many slots streams are hashed into; partitions are made of slots. */
const SLOTS = 2 ** 15

/**
 * A number from 0 to 32,767 for a stream, the same for ever: engines record it. It is the hash of Fowler, Noll and Vo
 * (FNV-1a, 32 bits) over UTF-16 code units, folded to 15 bits.
 */
export function slotOf(stream: string): number {
  let hash = FNV_OFFSET
  for (let index = 0; index < stream.length; index += 1) {
    hash = Math.imul(hash ^ stream.charCodeAt(index), FNV_PRIME)
  }
  return ((hash >>> 15) ^ hash) & (SLOTS - 1)
}

/** The partition of a stream, where there are so many. */
export function partitionOf(stream: string, of: number): number {
  return slotOf(stream) % of
}
