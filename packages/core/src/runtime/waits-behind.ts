import type { Cursor, EventStore, FeedPart } from '../ports/index.ts'

/**
 * Whether something of the feed waits behind a cursor. Where that cannot be read it does, too: whoever is called for it tells what is
 * wrong, and a commit that is damaged keeps nobody else from being called.
 */
export async function waitsBehind(events: EventStore, cursor: Cursor | undefined, part?: FeedPart): Promise<boolean> {
  const page = await events.readFeed(cursor, 1, part).catch(() => undefined)
  return !page || page.commits.length > 0 || page.more
}
