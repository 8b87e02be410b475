/** When everything happens in tests that name no time. */
export const testTime = '2030-01-01T00:00:00.000Z'

/**
 * The ids of tests, in the order in which `newId` hands them out: `nthId(1)`, `nthId(2)`, …; the aggregate under test has
 * `nthId(0)`. They are UUIDs of version 7.
 */
export function nthId(n: number): string {
  return `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`
}
