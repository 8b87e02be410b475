import { isObject } from './lines.ts'

/** An item before and after; undefined on the side where it is not. */
export type Pair = readonly [before: unknown, after: unknown]

/** Above this many comparisons items are paired by their places. */
const affordable = 250_000

/**
 * Which items of two arrays belong together: those with the same `id`, or else the same content, in the longest order that
 * both have. What is left between two such pairs is paired by its place: it was changed.
 */
export function pairsOf(before: readonly unknown[], after: readonly unknown[]): Pair[] {
  const [from, to] = [before.map(identity), after.map(identity)]
  if (from.length * to.length > affordable) return byPlace(before, after)
  const common = longest(from, to)
  const pairs: Pair[] = []
  let [i, j] = [0, 0]
  for (const [a, b] of [...common, [before.length, after.length] as const]) {
    pairs.push(...byPlace(before.slice(i, a), after.slice(j, b)))
    if (a < before.length) pairs.push([before[a], after[b]])
    ;[i, j] = [a + 1, b + 1]
  }
  return pairs
}

function identity(item: unknown): string {
  if (isObject(item) && (typeof item.id === 'string' || typeof item.id === 'number')) return `id ${item.id}`
  return JSON.stringify(item) ?? ''
}

function byPlace(before: readonly unknown[], after: readonly unknown[]): Pair[] {
  return Array.from({ length: Math.max(before.length, after.length) }, (_, index) => [before[index], after[index]])
}

/** The places of a longest common subsequence. */
function longest(from: readonly string[], to: readonly string[]): (readonly [number, number])[] {
  const length = Array.from({ length: from.length + 1 }, () => new Uint32Array(to.length + 1))
  const at = (i: number, j: number) => length[i]?.[j] ?? 0
  for (let i = from.length - 1; i >= 0; i--)
    for (let j = to.length - 1; j >= 0; j--) {
      const row = length[i]
      if (row) row[j] = from[i] === to[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  const places: (readonly [number, number])[] = []
  for (let i = 0, j = 0; i < from.length && j < to.length; ) {
    if (from[i] === to[j]) places.push([i++, j++])
    else if (at(i + 1, j) >= at(i, j + 1)) i++
    else j++
  }
  return places
}
