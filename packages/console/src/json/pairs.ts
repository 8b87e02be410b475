import { isObject } from './lines.ts'

/** An item before and after; undefined on the side where it is not. */
export type Pair = readonly [before: unknown, after: unknown]

type Place = readonly [before: number, after: number]

/** Above this many comparisons only items that are there once are looked for. */
const affordable = 250_000

/**
 * Which items of two arrays belong together: those with the same `id`, or else the same content, in the longest order that
 * both have. What is left between two such pairs is paired by its place: it was changed.
 */
export function pairsOf(before: readonly unknown[], after: readonly unknown[]): Pair[] {
  const [from, to] = [before.map(identity), after.map(identity)]
  const common = from.length * to.length > affordable ? commonOnce(from, to) : longest(from, to)
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

/** The places of the longest order that items have in common which are there once, before and after. */
function commonOnce(from: readonly string[], to: readonly string[]): Place[] {
  const [once, onceAfter] = [placesOfUnique(from), placesOfUnique(to)]
  const pairs = [...once].flatMap(([item, before]): Place[] => {
    const after = onceAfter.get(item)
    return after === undefined ? [] : [[before, after]]
  })
  // Of each length, the pair that ends an order of that length with the smallest place; and what came before each.
  const ends: number[] = []
  const earlier = pairs.map((pair, index) => {
    const length = lengthBefore(ends, pairs, pair[1])
    ends[length] = index
    return ends[length - 1]
  })
  const order: Place[] = []
  for (let index = ends.at(-1); index !== undefined; index = earlier[index]) order.push(pairs[index] as Place)
  return order.reverse()
}

function placesOfUnique(items: readonly string[]): Map<string, number> {
  const places = new Map<string, number>()
  const again = new Set<string>()
  for (const [place, item] of items.entries()) {
    if (places.has(item)) again.add(item)
    else places.set(item, place)
  }
  for (const item of again) places.delete(item)
  return places
}

/** How many of the orders end before a place: a search by halves. */
function lengthBefore(ends: readonly number[], pairs: readonly Place[], after: number): number {
  let [low, high] = [0, ends.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((pairs[ends[middle] as number]?.[1] ?? 0) < after) low = middle + 1
    else high = middle
  }
  return low
}

/** The places of a longest common subsequence. */
function longest(from: readonly string[], to: readonly string[]): Place[] {
  const length = Array.from({ length: from.length + 1 }, () => new Uint32Array(to.length + 1))
  const at = (i: number, j: number) => length[i]?.[j] ?? 0
  for (let i = from.length - 1; i >= 0; i--)
    for (let j = to.length - 1; j >= 0; j--) {
      const row = length[i]
      if (row) row[j] = from[i] === to[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  const places: Place[] = []
  for (let i = 0, j = 0; i < from.length && j < to.length; ) {
    if (from[i] === to[j]) places.push([i++, j++])
    else if (at(i + 1, j) >= at(i, j + 1)) i++
    else j++
  }
  return places
}
