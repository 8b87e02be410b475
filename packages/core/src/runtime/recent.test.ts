import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { Recent } from './recent.ts'

test('keeps what was used last, with its newest value, and not more than twice as much', () => {
  const key = fc.integer({ min: 0, max: 9 }).map(String)
  const step = fc.oneof(fc.record({ key, value: fc.nat() }), fc.record({ key }))
  void fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 4 }), (steps, most) => {
      const recent = new Recent<number>(most)
      const all = new Map<string, number>()
      const used: string[] = []
      for (const step of steps) {
        if ('value' in step) {
          recent.set(step.key, step.value)
          all.set(step.key, step.value)
        } else if (recent.get(step.key) === undefined) continue
        used.push(step.key)
      }
      const last = [...new Set(used.toReversed())].slice(0, most)
      for (const each of last) expect(recent.get(each)).toBe(all.get(each))
      const kept = [...all.keys()].filter((each) => recent.get(each) !== undefined)
      expect(kept.length).toBeLessThanOrEqual(3 * most)
    }),
  )
})

test('forgets one entry when it is deleted', () => {
  const recent = new Recent<number>(2)
  for (const key of ['a', 'b', 'c']) recent.set(key, 1)
  for (const key of ['a', 'c']) recent.delete(key)
  expect(['a', 'b', 'c'].map((key) => recent.get(key))).toEqual([undefined, 1, undefined])
})

test('forgets everything when it is cleared', () => {
  const recent = new Recent<number>(2)
  for (const key of ['a', 'b', 'c']) recent.set(key, 1)
  recent.clear()
  expect(['a', 'b', 'c'].map((key) => recent.get(key))).toEqual([undefined, undefined, undefined])
})
