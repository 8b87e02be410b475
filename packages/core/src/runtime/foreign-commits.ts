import type { Cursor, EventStore, FeedPart } from '../ports/index.ts'

/** How many commits are read at once, and how often in one look. */
const AT_ONCE = 50
const MOST_PAGES = 10

const WHOLE: FeedPart = { partition: 0, of: 1 }

/**
 * How far a consumer could go without doing anything: over commits that it takes nothing of. Where consumers run on demand nobody
 * calls them for these, so their cursors stay before them, and they would seem to be behind.
 *
 * 1. It is for people who watch: no cursor is moved, and what a page has for the consumer is not counted apart from the rest of it.
 * 2. What was looked at is not read again as long as the cursor stays. One look reads 500 commits at most; the next goes on.
 * 3. What cannot be read ends the look: a commit that is damaged must not hide from people how all stands.
 */
export class ForeignCommits {
  readonly #events: EventStore
  readonly #isFedBy: (stream: string) => boolean
  readonly #passed = new Map<number, { readonly from: Cursor | undefined; readonly to: Cursor | undefined }>()

  /** @param isFedBy whether the consumer takes events from a stream */
  constructor(events: EventStore, isFedBy: (stream: string) => boolean) {
    this.#events = events
    this.#isFedBy = isFedBy
  }

  /** The place behind what may be passed over, for a consumer that stands at a cursor. */
  async pass(from: Cursor | undefined, part: FeedPart = WHOLE): Promise<Cursor | undefined> {
    const known = this.#passed.get(part.partition)
    let to = known && known.from === from ? known.to : from
    for (let pages = 0; pages < MOST_PAGES; pages += 1) {
      const page = await this.#events.readFeed(to, AT_ONCE, part.of === 1 ? undefined : part).catch(() => undefined)
      if (!page || page.commits.some(({ stream }) => this.#isFedBy(stream))) break
      to = page.cursor
      if (!page.more) break
    }
    this.#passed.set(part.partition, { from, to })
    return to
  }
}
