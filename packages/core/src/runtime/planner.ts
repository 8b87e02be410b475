import type { AnyProjection, RecordedEvent } from '../definitions/index.ts'
import type { Commit, Cursor, EventStore } from '../ports/index.ts'
import { decodeCommit } from './codec.ts'
import { messageOf } from './errors.ts'
import type { FoldState } from './fold.ts'
import { type Handlers, handlersOf, type Plan, plan } from './plan.ts'
import { parseStream } from './stream-name.ts'
import type { WaitingEvents } from './waiting.ts'

const COMMITS_IN_A_PAGE = 500

/** What has to be done for the events of commits: of those that the feed gives, and of those that are read again. */
export class Planner {
  readonly #projection: AnyProjection
  readonly #events: EventStore
  readonly #handlers: Handlers

  constructor(projection: AnyProjection, events: EventStore) {
    this.#projection = projection
    this.#events = events
    this.#handlers = handlersOf(projection)
  }

  /** Whether the projection takes events from a stream. */
  isFedBy(stream: string): boolean {
    return this.#handlers.has(parseStream(stream).aggregate)
  }

  plansOf(commit: Commit, isMeant: (version: number) => boolean = always): Plan[] {
    const handlers = this.#handlers.get(parseStream(commit.stream).aggregate)
    if (!handlers) return []
    try {
      const events = decodeCommit(commit).filter(({ version }) => isMeant(version))
      return events.map((event) => plan(this.#projection, handlers, event))
    } catch (error) {
      return unreadable(commit, messageOf(error)).filter(({ event }) => isMeant(event.version))
    }
  }

  /** Those of a stream from a version on, as far as the feed has given them up to a cursor. */
  async plansFrom(stream: string, version: number, given: Cursor): Promise<Plan[]> {
    const plans: Plan[] = []
    for (let after = version - 1, more = true; more; ) {
      const commits = await this.#events.readStream(stream, after, COMMITS_IN_A_PAGE, given)
      plans.push(...commits.flatMap((commit) => this.plansOf(commit, (each) => each >= version)))
      const last = commits.at(-1)
      more = commits.length === COMMITS_IN_A_PAGE && last !== undefined
      after = last ? last.version + last.count - 1 : after
    }
    return plans
  }

  /**
   * Makes known to a fold what waits for documents and may be applied; of those to be tried `again` also what failed on
   * them. Reads it page by page, and each commit once.
   */
  async recall(
    state: FoldState,
    waiting: WaitingEvents,
    documents: ReadonlySet<string>,
    again: ReadonlySet<string>,
  ): Promise<void> {
    for (const [stream, waits] of recallOf(waiting, documents, again)) {
      const versions = [...waits.keys()].sort((a, b) => a - b)
      for (let next = 0, end = 0; next < versions.length; ) {
        const first = versions[next] as number
        // As many commits as events wait near by: where few do, little else is read with them.
        while (end < versions.length && (versions[end] as number) < first + COMMITS_IN_A_PAGE) end += 1
        const commits = await this.#events.readStream(stream, first - 1, end - next)
        for (const commit of commits) this.#recallCommit(state, commit, waits)
        const last = commits.at(-1)
        const behind = last ? last.version + last.count : Number.POSITIVE_INFINITY
        do next += 1
        while (next < versions.length && (versions[next] as number) < behind)
        end = Math.max(end, next)
      }
    }
  }

  #recallCommit(state: FoldState, commit: Commit, documents: ReadonlyMap<number, readonly string[]>): void {
    for (const due of this.plansOf(commit, (version) => documents.has(version))) {
      for (const id of documents.get(due.event.version) ?? []) state.recall(id, due)
    }
  }
}

const always = () => true

/** A commit that cannot be decoded: each of its events is a failure of its own, so that each can be given up. */
export function unreadable({ stream, version, count }: Commit, failure: string): Plan[] {
  return Array.from({ length: count }, (_, index) => {
    const event = { stream, version: version + index } as RecordedEvent
    return { event, steps: [], failure, own: undefined }
  })
}

/** What has to be read again: for each stream its versions, each with the documents that it waits for. */
type Recall = ReadonlyMap<string, ReadonlyMap<number, readonly string[]>>

/** What waits for these documents and may be applied; of those to be tried `again` also what failed on them. */
function recallOf(waiting: WaitingEvents, ids: ReadonlySet<string>, again: ReadonlySet<string>): Recall {
  const recall = new Map<string, Map<number, string[]>>()
  for (const id of ids) {
    if (!waiting.isAwaited(id) && !again.has(id)) continue
    for (const line of waiting.waitingFor(id)) {
      if (line[0]?.error !== undefined && !again.has(id)) continue
      for (const { stream, version } of line) {
        const documents = recall.get(stream) ?? new Map<number, string[]>()
        recall.set(stream, documents.set(version, [...(documents.get(version) ?? []), id]))
      }
    }
  }
  return recall
}
