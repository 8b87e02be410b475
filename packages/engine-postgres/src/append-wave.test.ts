import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Append } from 'weir/ports'
import { cutIntoWaves, repeatedCommand } from './append-wave.ts'

const member: fc.Arbitrary<Append> = fc.record({
  streams: fc
    .uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.nat(2)), {
      selector: ([stream]) => stream,
      maxLength: 3,
    })
    .map((parts) => parts.map(([stream, count]) => ({ stream, expected: 'any' as const, count, payload: '[]' }))),
  commands: fc
    .array(fc.constantFrom('k', 'l', 'm'), { maxLength: 2 })
    .map((ids) => ids.map((commandId) => ({ commandId, stream: 'a', version: 1, count: 1, hash: '' }))),
})

it('waves are the group, in order', async () => {
  await fc.assert(
    fc.property(fc.array(member, { maxLength: 20 }), (group) => {
      const waves = cutIntoWaves(group)
      expect(waves.flat()).toEqual(group)
      expect(waves.every((wave) => wave.length > 0)).toBe(true)
    }),
  )
})

it('G1 within a wave no stream that is written occurs in two members, and no command id twice', async () => {
  await fc.assert(
    fc.property(fc.array(member, { maxLength: 20 }), (group) => {
      for (const wave of cutIntoWaves(group)) {
        const written = wave.flatMap(({ streams }) => streams.filter(({ count }) => count > 0))
        const touched = wave.flatMap(({ streams }) => streams.map(({ stream }) => stream))
        for (const { stream } of written) expect(touched.filter((each) => each === stream)).toHaveLength(1)
        const ids = wave.flatMap(({ commands }) => commands.map(({ commandId }) => commandId))
        expect(wave.length === 1 || new Set(ids).size === ids.length).toBe(true)
      }
    }),
  )
})

it('members that only check a stream share a wave', () => {
  const check: Append = { streams: [{ stream: 'a', expected: 1, count: 0, payload: '' }], commands: [] }
  expect(cutIntoWaves([check, check, check])).toHaveLength(1)
})

it('a wave is of bounded size, and one that is larger alone goes alone', () => {
  const of = (stream: string, size: number): Append => {
    return { streams: [{ stream, expected: 'any', count: 1, payload: 'x'.repeat(size) }], commands: [] }
  }
  const many = Array.from({ length: 2_500 }, (_, index) => of(`${index}`, 10))
  expect(cutIntoWaves(many).map(({ length }) => length)).toEqual([1_000, 1_000, 500])
  const [large, larger] = [5_000_000, 9_000_000]
  const waves = cutIntoWaves([of('a', large), of('b', large), of('c', 10), of('d', larger), of('e', 10)])
  expect(waves.map(({ length }) => length)).toEqual([1, 2, 1, 1])
})

it('the command id that comes again is found', () => {
  const bearing = (...ids: string[]): Append => {
    return {
      streams: [],
      commands: ids.map((commandId) => ({ commandId, stream: 'a', version: 1, count: 1, hash: '' })),
    }
  }
  expect(repeatedCommand(bearing())).toBe(-1)
  expect(repeatedCommand(bearing('k', 'l', 'm'))).toBe(-1)
  expect(repeatedCommand(bearing('k', 'l', 'k', 'l'))).toBe(2)
})
