import { setTimeout as pause } from 'node:timers/promises'
import { partitionOf } from 'weir/ports'
import { type CommitKey, lastVersion } from './commits.ts'
import type { Head, Heads } from './heads.ts'
import { LanePlacer, type PlacingServices } from './lane-placer.ts'
import type { LostRecords } from './lost-records.ts'

/** How long commits are gathered for a page, in milliseconds; who waits for the feed has them placed at once. */
const gathering = 5

/** How long to wait after a failure, in milliseconds. */
const failurePause = 1_000

/** Makes commits part of the feed: lanes side by side. */
export class Placer {
  readonly #lanes: readonly LanePlacer[]
  readonly #heads: Heads
  readonly #lost: LostRecords | undefined
  readonly #driven = new Set<LanePlacer>()
  readonly #closing = new AbortController()

  constructor(lanes: number, services: PlacingServices) {
    this.#lanes = Array.from({ length: lanes }, (_, lane) => new LanePlacer(lane, services))
    this.#heads = services.heads
    this.#lost = services.lost
  }

  /** Takes commits that are durable. They are placed in the background: what fails is tried again until it is closed. */
  add(commits: readonly CommitKey[]): void {
    for (const [lane, own] of Map.groupBy(commits, ({ stream }) => this.#laneOf(stream))) {
      lane.add(own)
      if (!this.#driven.has(lane)) void this.#drive(lane)
    }
  }

  /** Places commits, whoever wrote them; resolves when that is done. */
  async place(commits: readonly CommitKey[]): Promise<void> {
    this.add(commits)
    await this.settle()
  }

  /**
   * Places those of many commits that are not placed: most are, so their heads are looked at first.
   *
   * @returns those that were not
   */
  async placeMissing(commits: readonly CommitKey[]): Promise<CommitKey[]> {
    const unsure = commits.filter((commit) => !this.#isKnownPlaced(commit))
    if (unsure.length === 0) return []
    const heads = await this.#heads.get([...new Set(unsure.map(({ stream }) => stream))])
    for (const [stream, head] of heads) this.#laneOf(stream).learn(stream, head)
    const missing = unsure.filter((commit) => !this.#isKnownPlaced(commit))
    await this.#lost?.restore(missing.map(({ stream }) => stream))
    await this.place(missing)
    return missing
  }

  /** Resolves when all that has been added until now is placed. */
  async settle(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.settle()))
  }

  /** The head of a stream, as far as it was seen here. */
  headOf(stream: string): Head | undefined {
    return this.#laneOf(stream).headOf(stream)
  }

  /** Tries once more to place what waits. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.settle().catch(() => {})
  }

  #isKnownPlaced(commit: CommitKey): boolean {
    return (this.headOf(commit.stream)?.version ?? 0) >= lastVersion(commit)
  }

  async #drive(lane: LanePlacer): Promise<void> {
    this.#driven.add(lane)
    while (!lane.isIdle && !this.#closing.signal.aborted) {
      try {
        await pause(gathering, undefined, { ref: false })
        await lane.settle()
      } catch {
        await pause(failurePause, undefined, { ref: false, signal: this.#closing.signal }).catch(() => {})
      }
    }
    this.#driven.delete(lane)
  }

  #laneOf(stream: string): LanePlacer {
    return this.#lanes[partitionOf(stream, this.#lanes.length)] as LanePlacer
  }
}
