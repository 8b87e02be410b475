import type { App } from '../../definitions/index.ts'
import type { Cursor, FeedCommit, FeedPage } from '../../ports/index.ts'
import { parseStream } from '../stream-name.ts'
import { exploredEvents } from './explored-events.ts'
import type { ExploredEvent, TailFilter } from './explorer.ts'

/** A page of the feed, decoded once for all who are shown it. */
export interface TailPage {
  readonly from: Cursor
  readonly to: Cursor
  readonly commits: readonly { readonly commit: FeedCommit; readonly events: readonly ExploredEvent[] }[]
}

export function tailPage(app: App, from: Cursor, { commits, cursor }: FeedPage): TailPage {
  return { from, to: cursor, commits: commits.map((commit) => ({ commit, events: exploredEvents(app, commit) })) }
}

/** Whether an event is one of those asked for. One that cannot be read has no type. */
export function matcherOf({ aggregate, type, stream }: TailFilter): (event: ExploredEvent) => boolean {
  return (event) =>
    (aggregate === undefined || parseStream(event.stream).aggregate === aggregate) &&
    (type === undefined || ('type' in event && event.type === type)) &&
    (stream === undefined || event.stream === stream)
}
