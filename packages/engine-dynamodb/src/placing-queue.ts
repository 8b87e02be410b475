import { type CommitKey, lastVersion } from './commits.ts'
import { type Head, noHead } from './heads.ts'
import { type Entry, sizeOf } from './page.ts'
import { extend, trailBefore } from './trail.ts'

/** How many streams a page may touch: with the page itself, these are the items of a transaction. */
const maxStreams = 99

/** How many commits a page may hold, and about how many bytes: a reader takes a page as a whole. */
const maxEntries = 1_000
const maxSize = 200_000

/** What is to be placed together. */
export interface Draft {
  readonly number: number
  readonly entries: readonly Entry[]
  /** Where each stream stands before, and behind it. */
  readonly moves: ReadonlyMap<string, { readonly from: Head; readonly to: Head }>
}

/** A commit that waits, and the how manieth it is of those that came. */
interface Waiting {
  readonly commit: CommitKey
  readonly arrival: number
}

/**
 * Commits of a lane that wait to be placed, in the order in which they came. They may come in any order, more than once,
 * and with gaps.
 */
export class PlacingQueue {
  #waiting: Waiting[] = []
  #arrivals = 0

  /** How many have come. */
  get arrivals(): number {
    return this.#arrivals
  }

  /** Whether something waits that was among the first so many to come. */
  holds(arrivals: number): boolean {
    return this.#waiting.some(({ arrival }) => arrival <= arrivals)
  }

  add(commits: readonly CommitKey[]): void {
    for (const commit of commits) {
      this.#arrivals += 1
      this.#waiting.push({ commit, arrival: this.#arrivals })
    }
  }

  /** Puts what was missing before what waits. */
  fill(commits: readonly CommitKey[]): void {
    this.#waiting.unshift(...commits.map((commit) => ({ commit, arrival: 0 })))
  }

  /** The streams that the next page may be about, with the version of the first commit that waits. */
  streams(): Map<string, number> {
    const streams = new Map<string, number>()
    for (const { commit } of this.#waiting) {
      const known = streams.get(commit.stream)
      if (known === undefined && streams.size === maxStreams) continue
      streams.set(commit.stream, Math.min(known ?? commit.version, commit.version))
    }
    return streams
  }

  /** Drops what is placed already. */
  drop(heads: ReadonlyMap<string, Head>): void {
    this.#waiting = this.#waiting.filter(
      ({ commit: { stream, version } }) => version > (heads.get(stream)?.version ?? 0),
    )
  }

  /** Drops what waits of a stream from a version on. */
  setAside(stream: string, from: number): void {
    this.#waiting = this.#waiting.filter(({ commit }) => commit.stream !== stream || commit.version < from)
  }

  /**
   * Drafts a page of what continues the heads of streams. What does not, because something is missing before it, waits on.
   *
   * @param number of the page
   */
  draft(number: number, heads: ReadonlyMap<string, Head>): Draft {
    const entries: Entry[] = []
    const ends = new Map<string, Head>()
    let size = 0
    for (const { commit } of this.#waiting) {
      const end = ends.get(commit.stream) ?? heads.get(commit.stream)
      if (commit.version !== (end?.version ?? Number.NaN) + 1) continue
      size += sizeOf(commit)
      if (entries.length > 0 && (size > maxSize || entries.length === maxEntries)) break
      const { trail } = end ?? noHead
      const place = { page: number, index: entries.length }
      ends.set(commit.stream, { version: lastVersion(commit), trail: extend(trail, commit, place) })
      entries.push({ ...commit, before: trailBefore(trail, commit) })
    }
    const moves = [...ends].map(([stream, to]) => [stream, { from: heads.get(stream) ?? noHead, to }] as const)
    return { number, entries, moves: new Map(moves) }
  }
}
