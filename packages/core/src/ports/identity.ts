/**
 * Chance and identity.
 *
 * 1. `newId` gives UUIDs of version 7: unique, and in the order in which they were made, so that an index on them
 *    grows at its right edge.
 * 2. From the same seed and clock an implementation for simulation gives the same values.
 */
export interface Identity {
  /** A new UUIDv7, lower case. */
  newId(): string
  /** A number from 0 (inclusive) to 1 (exclusive), for jitter. Not for secrets. */
  random(): number
}
