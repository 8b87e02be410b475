/**
 * Orders in which the items of several sequences can follow each other, each sequence in its own order: all of them when
 * they are at most `limit`, else a sample of as many. The first is one sequence after the other.
 */
export function interleavings<T>(
  sequences: readonly (readonly T[])[],
  limit: number,
  random: () => number,
): Iterable<readonly T[]> {
  return isAtMost(sequences, limit) ? all(sequences) : sample(sequences, limit, random)
}

/** Whether there are at most so many: `(a + b + …)! / (a! b! …)`, worked out as a product of binomials. */
function isAtMost(sequences: readonly (readonly unknown[])[], limit: number): boolean {
  let count = 1
  let total = 0
  for (const { length } of sequences) {
    for (let taken = 1; taken <= length; taken += 1) {
      total += 1
      count = (count * total) / taken
    }
    if (Math.round(count) > limit) return false
  }
  return true
}

function* all<T>(sequences: readonly (readonly T[])[]): Generator<readonly T[]> {
  if (sequences.every(({ length }) => length === 0)) yield []
  for (const [index, [first, ...rest]] of sequences.entries()) {
    if (first === undefined) continue
    for (const behind of all(sequences.with(index, rest))) yield [first, ...behind]
  }
}

/** The two extremes (one sequence after the other, from either end), then orders by lot, each as likely as any other. */
function* sample<T>(
  sequences: readonly (readonly T[])[],
  limit: number,
  random: () => number,
): Generator<readonly T[]> {
  yield sequences.flat()
  yield sequences.toReversed().flat()
  for (let drawn = 2; drawn < limit; drawn += 1) yield draw(sequences, random)
}

function draw<T>(sequences: readonly (readonly T[])[], random: () => number): T[] {
  const places = sequences.map(() => 0)
  const lots = sequences.flatMap((sequence, index) => sequence.map(() => index))
  const drawn: T[] = []
  while (lots.length > 0) {
    const [index = 0] = lots.splice(Math.floor(random() * lots.length), 1)
    drawn.push(sequences[index]?.[places[index] as number] as T)
    places[index] = (places[index] as number) + 1
  }
  return drawn
}
