import { strict as assert } from 'node:assert'
import type { Commit, EventStore } from 'weir/ports'

/**
 * How many events a store holds, by reading its commits; throws when the versions of a stream have a gap or a double. What
 * the heads of streams or the store's own count say would show neither.
 */

const PAGE = 1000

/** All events, as the feed gives them. */
export async function eventsIn(store: EventStore): Promise<number> {
  const versions = new Map<string, number>()
  let [events, cursor, more] = [0, undefined as string | undefined, true]
  while (more) {
    const page = await store.readFeed(cursor, PAGE)
    for (const commit of page.commits) {
      versions.set(commit.stream, versionAfter(versions.get(commit.stream) ?? 0, commit))
      events += commit.count
    }
    cursor = page.cursor
    more = page.more
  }
  return events
}

/** Those of one stream, which is its version. */
export async function versionIn(store: EventStore, stream: string): Promise<number> {
  for (let version = 0; ; ) {
    const commits = await store.readStream(stream, version, PAGE)
    version = commits.reduce(versionAfter, version)
    if (commits.length < PAGE) return version
  }
}

function versionAfter(before: number, { stream, version, count }: Commit): number {
  assert.equal(version, before + 1, `${stream} goes on behind version ${before}`)
  return before + count
}
