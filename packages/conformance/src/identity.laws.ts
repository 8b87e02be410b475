import { describe, expect, it } from 'vitest'
import type { Identity } from 'weir/ports'

/**
 * The laws of the `Identity` port, as tests.
 *
 * @param name the implementation's name, for the titles
 * @param setUp makes one for each test
 */
export function identityLaws(name: string, setUp: () => Identity): void {
  describe(`identity: ${name}`, () => {
    it('gives UUIDs of version 7 in lower case', () => {
      const identity = setUp()
      for (let turn = 0; turn < 100; turn += 1) {
        expect(identity.newId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      }
    })

    it('gives each once, in the order in which they were made', () => {
      const identity = setUp()
      const ids = Array.from({ length: 20_000 }, () => identity.newId())
      expect(ids.toSorted()).toEqual(ids)
      expect(new Set(ids).size).toBe(ids.length)
    })

    it('gives numbers from 0 to below 1, spread over all of it', () => {
      const identity = setUp()
      const numbers = Array.from({ length: 2_000 }, () => identity.random())
      expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true)
      const tenths = new Set(numbers.map((number) => Math.floor(number * 10)))
      expect(tenths.size).toBe(10)
    })
  })
}
