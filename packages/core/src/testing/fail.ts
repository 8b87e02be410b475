import { AssertionError } from 'node:assert'
import { inspect, isDeepStrictEqual } from 'node:util'

/** Fails a test in words. */
export function fail(message: string, cause?: unknown): never {
  throw Object.assign(new AssertionError({ message }), cause === undefined ? {} : { cause })
}

/** Fails a test when two values differ, with words on what they are, and the difference between them below. */
export function same(actual: unknown, expected: unknown, message: string): void {
  if (isDeepStrictEqual(actual, expected)) return
  throw new AssertionError({ message, actual, expected, operator: 'deepStrictEqual' })
}

/** A value on as few lines as it fits. */
export function show(value: unknown): string {
  return inspect(value, { depth: 8, breakLength: 100, sorted: false })
}
