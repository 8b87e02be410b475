import type { App } from '../../definitions/index.ts'
import type { Commit, EventStore, StreamHead } from '../../ports/index.ts'
import { fromStore } from '../errors.ts'
import { newestOf } from '../newest-position.ts'
import { OperationRefused } from '../operations.ts'
import { exploredEvents } from './explored-events.ts'
import type { EventPage, EventQuery, ExploredEvent, StreamPage, StreamQuery } from './explorer.ts'
import { isStorable } from './storable.ts'

export interface StreamExplorerServices {
  readonly app: App
  readonly events: EventStore
  /** Lets others have their turn. */
  readonly breathe: () => Promise<void>
}

const COMMITS_AT_A_TIME = 20
/** A page is not longer than this, in characters, but for its last commit. */
const MOST_TEXT = 4 * 1024 * 1024

/** Looks into streams. */
export class StreamExplorer {
  readonly #services: StreamExplorerServices

  constructor(services: StreamExplorerServices) {
    this.#services = services
  }

  async streams({ prefix, before, limit }: StreamQuery): Promise<StreamPage> {
    if (!isStorable(prefix) || !isStorable(before ?? '')) return { streams: [], more: false }
    const streams = await fromStore(this.#services.events.streams(prefix, before, limit + 1))
    return { streams: streams.slice(0, limit), more: streams.length > limit }
  }

  /** @throws OperationRefused when nothing was recorded in it */
  async stream(stream: string): Promise<StreamHead> {
    const head = isStorable(stream) ? await fromStore(newestOf(this.#services.events, [stream])) : undefined
    const version = head?.streams[0]?.version ?? 0
    if (version > 0) return { stream, version }
    throw new OperationRefused('not-found', 'There is no such stream.')
  }

  /** @throws OperationRefused when nothing was recorded in it */
  async events(stream: string, { after = 0, before, limit }: EventQuery): Promise<EventPage> {
    const { version } = await this.stream(stream)
    if (before === undefined) return this.#forwards(stream, after, limit)
    const end = Math.min(before, version + 1)
    return this.#backwards(stream, Math.max(after, end - 1 - limit), end, after)
  }

  /** The commits of a stream with events behind a version. */
  async *commits(stream: string, after: number): AsyncGenerator<Commit> {
    const { events, breathe } = this.#services
    for (let place = after; ; ) {
      const commits = await fromStore(events.readStream(stream, place, COMMITS_AT_A_TIME))
      yield* commits
      const last = commits.at(-1)
      if (!last || commits.length < COMMITS_AT_A_TIME) return
      place = last.version + last.count - 1
      await breathe()
    }
  }

  async #forwards(stream: string, after: number, limit: number): Promise<EventPage> {
    const events: ExploredEvent[] = []
    let text = 0
    for await (const commit of this.commits(stream, after)) {
      for (const event of exploredEvents(this.#services.app, commit)) {
        if (event.version <= after) continue
        if (events.length === limit) return { events, more: true }
        events.push(event)
      }
      text += commit.payload.length
      if (text < MOST_TEXT) continue
      const { version } = await this.stream(stream)
      return { events, more: (events.at(-1)?.version ?? 0) < version }
    }
    return { events, more: false }
  }

  /** Where the events are large, those that come last are given. */
  async #backwards(stream: string, from: number, before: number, after: number): Promise<EventPage> {
    const kept: { readonly events: readonly ExploredEvent[]; readonly text: number }[] = []
    let text = 0
    for await (const commit of this.commits(stream, from)) {
      if (commit.version >= before) break
      const events = exploredEvents(this.#services.app, commit)
      kept.push({
        events: events.filter(({ version }) => version > from && version < before),
        text: commit.payload.length,
      })
      text += commit.payload.length
      while (kept.length > 1 && text > MOST_TEXT) text -= kept.shift()?.text ?? 0
    }
    const events = kept.flatMap((commit) => commit.events)
    return { events, more: (events[0]?.version ?? 0) > after + 1 }
  }
}
