import type { CommandRecord, Commit, Cursor, EventStore } from 'weir/ports'

const COMMITS_AT_A_TIME = 1000
const COMMANDS_AT_A_TIME = 1000

/** Everything that a feed gives behind a cursor, page by page. */
export async function* pagesOf(
  events: EventStore,
  from?: Cursor,
): AsyncGenerator<{ readonly commits: readonly Commit[]; readonly cursor: Cursor }> {
  for (let cursor = from, more = true; more; ) {
    const page = await events.readFeed(cursor, COMMITS_AT_A_TIME)
    cursor = page.cursor
    more = page.more
    yield page
  }
}

/** All records of commands, page by page. */
export async function* commandsOf(events: EventStore): AsyncGenerator<readonly CommandRecord[]> {
  for (let after: string | undefined, more = true; more; ) {
    const page = await events.commands(after, COMMANDS_AT_A_TIME)
    after = page.at(-1)?.commandId
    more = page.length === COMMANDS_AT_A_TIME
    if (page.length > 0) yield page
  }
}
