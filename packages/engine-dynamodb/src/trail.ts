import { type CommitKey, lastVersion } from './commits.ts'

/** Where a commit stands in its lane: in which page, and behind how many others of it. */
export interface EntryPlace {
  readonly page: number
  readonly index: number
}

/**
 * The way back over the commits of a stream that are placed: by level, where the last one stands that has it.
 *
 * 1. A commit has all levels of which a power of 8 divides one of its versions: each has level 0, one in 8 or so level 1, one
 *    in 64 or so level 2.
 * 2. The head of a stream has the trail from its end. A commit has the trail from before it, of its own levels. So between two
 *    commits of a level lie 7 or so of the one below, and any commit is found in a few steps a level.
 * 3. It is as long as there are levels: a shorter one only makes the way longer.
 */
export type Trail = readonly EntryPlace[]

const step = 8

/** The trail from behind a commit. */
export function extend(trail: Trail, commit: CommitKey, place: EntryPlace): Trail {
  const levels = levelOf(commit) + 1
  return [...Array<EntryPlace>(levels).fill(place), ...trail.slice(levels)]
}

/** The part of a trail that a commit keeps of what lies before it. */
export function trailBefore(trail: Trail, commit: CommitKey): Trail {
  return trail.slice(0, levelOf(commit) + 1)
}

/**
 * The last commit on a trail that is what is looked for, when all that lie before it are, too.
 *
 * @param read the trail from before a commit
 */
export async function lastOn(
  trail: Trail,
  isIt: (place: EntryPlace) => boolean | Promise<boolean>,
  read: (place: EntryPlace) => Promise<Trail>,
): Promise<EntryPlace | undefined> {
  for (let rest = trail; ; ) {
    const next = await farthest(rest, isIt)
    if (!next) return rest[0]
    rest = await read(next)
  }
}

/** The farthest commit of a trail that is not yet what is looked for. */
async function farthest(
  trail: Trail,
  isIt: (place: EntryPlace) => boolean | Promise<boolean>,
): Promise<EntryPlace | undefined> {
  for (const place of trail.toReversed()) {
    if (!(await isIt(place))) return place
  }
  return undefined
}

function levelOf(commit: CommitKey): number {
  let level = 0
  while (holdsMultiple(commit, step ** (level + 1))) level += 1
  return level
}

function holdsMultiple(commit: CommitKey, of: number): boolean {
  return Math.floor(lastVersion(commit) / of) > Math.floor((commit.version - 1) / of)
}

/** A trail as it is stored: page and index of each place. */
export function toNumbers(trail: Trail): number[] {
  return trail.flatMap(({ page, index }) => [page, index])
}

export function toTrail(numbers: readonly number[]): Trail {
  return numbers.flatMap((page, at) => (at % 2 === 0 ? [{ page, index: numbers[at + 1] as number }] : []))
}
