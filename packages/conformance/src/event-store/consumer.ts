import { expect } from 'vitest'
import type { Commit, Cursor, EventStore, FeedCommit, FeedPart } from 'weir/ports'

/** A consumer that keeps all that it was given. */
export class Consumer {
  readonly #events: EventStore
  readonly #given: FeedCommit[] = []
  #cursor: Cursor | undefined
  readonly #part: FeedPart | undefined

  constructor(events: EventStore, cursor?: Cursor, part?: FeedPart) {
    this.#events = events
    this.#cursor = cursor
    this.#part = part
  }

  get cursor(): Cursor | undefined {
    return this.#cursor
  }

  /** What it has been given so far. */
  get given(): readonly FeedCommit[] {
    return this.#given
  }

  /** Reads a page; returns whether more was waiting. */
  async page(limit: number): Promise<boolean> {
    const { commits, cursor, more } = await this.#events.readFeed(this.#cursor, limit, this.#part)
    expect(commits.length).toBeLessThanOrEqual(limit)
    if (more) expect(commits).not.toEqual([])
    this.#given.push(...commits)
    this.#cursor = cursor
    return more
  }

  /** Reads until nothing waits: a consumer rests only then, so what it lacks then it would lack for good. */
  async drain(limit: number): Promise<readonly FeedCommit[]> {
    while (await this.page(limit));
    return this.#given
  }
}

/** The versions of each stream, in the order in which they came. */
export function byStream(commits: readonly Commit[]): Map<string, number[]> {
  const streams = new Map<string, number[]>()
  for (const { stream, version } of commits) streams.set(stream, [...(streams.get(stream) ?? []), version])
  return streams
}
