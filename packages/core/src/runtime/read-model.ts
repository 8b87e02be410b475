import type { AnyProjection, RecordedEvent } from '../definitions/index.ts'
import { jsonSchemaOf } from '../definitions/index.ts'
import type { Clock, Commit, Engine, Generation, Logger, Position } from '../ports/index.ts'
import { decodeCommit } from './codec.ts'
import { hashOf } from './derived-id.ts'
import { type Folded, FoldState } from './fold.ts'
import { type Handlers, handlersOf, type Plan, plan } from './plan.ts'
import { Recent } from './recent.ts'
import { storedDocument } from './stored-form.ts'
import { parseStream } from './stream-name.ts'
import type { TokenContent } from './token.ts'
import { WaitingEvents } from './waiting.ts'

/**
 * A read model as this process keeps it: folds commits into documents, and saves documents, waiting events and cursor as
 * one.
 *
 * 1. (G4) A batch takes effect once: it is saved with the cursor behind it, under a lease.
 * 2. After a call that rejected, what is in memory may differ from what was saved: only `open` may follow.
 */
export interface ReadModelServices {
  readonly engine: Engine
  readonly clock: Clock
  readonly logger: Logger
}

const COMMITS_IN_A_PAGE = 500
const CACHED_DOCUMENTS = 3000

export class ReadModel {
  readonly #projection: AnyProjection
  readonly #engine: Engine
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #handlers: Handlers
  readonly #fingerprint: string
  #generation: Generation | undefined
  #lease = 0
  #cursor: string | undefined
  #waiting = new WaitingEvents([])
  /** Documents as last saved: under the lease nobody else changes them. */
  readonly #documents = new Recent<Folded>(CACHED_DOCUMENTS)

  constructor(projection: AnyProjection, { engine, clock, logger }: ReadModelServices) {
    this.#projection = projection
    this.#engine = engine
    this.#clock = clock
    this.#logger = logger
    this.#handlers = handlersOf(projection)
    this.#fingerprint = fingerprintOf(projection)
  }

  /** Undefined until it has been opened. */
  get generation(): Generation | undefined {
    return this.#generation
  }

  get cursor(): string | undefined {
    return this.#cursor
  }

  counts(): { readonly parked: number; readonly deferred: number } {
    return this.#waiting.counts(this.#clock.now())
  }

  /** How what a token stands for stands here (G8): streams that the projection takes no events from do not matter. */
  standing({ streams, position }: TokenContent): 'reached' | 'pending' | 'parked' {
    const now = this.#clock.now()
    const standings = streams
      .filter(({ stream }) => this.#handlers.has(parseStream(stream).aggregate))
      .map(({ stream, version }) => this.#waiting.standing(stream, version, now))
    if (standings.includes('parked')) return 'parked'
    const isReached = standings.length === 0 || (!standings.includes('deferred') && this.covers(position))
    return isReached ? 'reached' : 'pending'
  }

  covers(position: Position): boolean {
    return this.#engine.events.covers(this.#cursor, position)
  }

  /** Takes the lease, and goes on from what was saved. */
  async open(): Promise<void> {
    const { readModels } = this.#engine
    const { name, indexes } = this.#projection
    const opened = await readModels.open({ name, fingerprint: this.#fingerprint, indexes })
    const waiting = new WaitingEvents(await readModels.loadWaiting(opened.generation))
    this.#generation = opened.generation
    this.#lease = opened.lease
    this.#cursor = opened.cursor
    this.#waiting = waiting
    this.#documents.clear()
  }

  /** Folds commits, and stands at `cursor` then. */
  async fold(commits: readonly Commit[], cursor: string): Promise<void> {
    const plans = commits.flatMap((commit) => this.#plansOf(commit))
    await this.#foldPlans(plans, cursor)
  }

  /** Tries again what handlers failed on. */
  async retryFailed(): Promise<void> {
    await this.#retryFailedDocuments()
    for (const { stream, version } of this.#waiting.parkedStreams()) await this.#retryStream(stream, version)
  }

  /** Events that failed when the document that they had waited for appeared. */
  async #retryFailedDocuments(): Promise<void> {
    const documents = this.#waiting.failedDocuments()
    if (documents.length === 0) return
    const state = await this.#foldState([], documents)
    for (const document of documents) state.release(document, true)
    await this.#save(state, this.#cursor as string)
  }

  /** A stream that was parked at a version: all of it that the feed has given already. */
  async #retryStream(stream: string, version: number): Promise<void> {
    this.#waiting.settle({ stream, version, document: undefined })
    const plans: Plan[] = []
    for (let after = version - 1, more = true; more; ) {
      const commits = await this.#engine.events.readStream(stream, after, COMMITS_IN_A_PAGE)
      const seen = commits.filter(({ position }) => this.covers(position))
      plans.push(...seen.flatMap((commit) => this.#plansOf(commit, (each) => each >= version)))
      const last = seen.at(-1)
      more = seen.length === COMMITS_IN_A_PAGE && last !== undefined
      after = last ? last.version + last.count - 1 : after
    }
    await this.#foldPlans(plans, this.#cursor as string)
  }

  async #foldPlans(plans: readonly Plan[], cursor: string): Promise<void> {
    const state = await this.#foldState(plans)
    for (const each of plans) state.apply(each)
    await this.#save(state, cursor)
  }

  #plansOf(commit: Commit, isMeant: (version: number) => boolean = always): Plan[] {
    const handlers = this.#handlers.get(parseStream(commit.stream).aggregate)
    if (!handlers) return []
    try {
      const events = decodeCommit(commit).filter(({ version }) => isMeant(version))
      return events.map((event) => plan(this.#projection, handlers, event))
    } catch (failure) {
      const event = { stream: commit.stream, version: commit.version } as RecordedEvent
      return [{ event, steps: [], failure, own: undefined }]
    }
  }

  async #foldState(plans: readonly Plan[], documents: readonly string[] = []): Promise<FoldState> {
    const ids = new Set(documents)
    for (const { steps, own } of plans) {
      if (own !== undefined) ids.add(own)
      for (const { documentId } of steps) ids.add(documentId)
    }
    const state = new FoldState(this.#projection, await this.#load(ids), this.#waiting, this.#clock.now())
    await this.#recall(state, recallOf(this.#waiting, ids, new Set(documents)))
    return state
  }

  async #load(ids: ReadonlySet<string>): Promise<Map<string, Folded>> {
    const documents = new Map<string, Folded>()
    const unknown: string[] = []
    for (const id of ids) {
      const cached = this.#documents.get(id)
      if (cached) documents.set(id, cached)
      else unknown.push(id)
    }
    if (unknown.length === 0) return documents
    const stored = await this.#engine.readModels.load(this.#generation as Generation, unknown)
    for (const { id, body, stream, version } of stored) {
      documents.set(id, { document: body === undefined ? undefined : storedDocument(body), stream, version })
    }
    return documents
  }

  /** Reads what waits again: page by page, and each commit once. */
  async #recall(state: FoldState, recall: Recall): Promise<void> {
    for (const [stream, documents] of recall) {
      const versions = [...documents.keys()].sort((a, b) => a - b)
      for (let next = 0, end = 0; next < versions.length; ) {
        const first = versions[next] as number
        // As many commits as events wait near by: where few do, little else is read with them.
        while (end < versions.length && (versions[end] as number) < first + COMMITS_IN_A_PAGE) end += 1
        const commits = await this.#engine.events.readStream(stream, first - 1, end - next)
        for (const commit of commits) this.#recallCommit(state, commit, documents)
        const last = commits.at(-1)
        const behind = last ? last.version + last.count : Number.POSITIVE_INFINITY
        do next += 1
        while (next < versions.length && (versions[next] as number) < behind)
        end = Math.max(end, next)
      }
    }
  }

  #recallCommit(state: FoldState, commit: Commit, documents: ReadonlyMap<number, readonly string[]>): void {
    for (const due of this.#plansOf(commit, (version) => documents.has(version))) {
      for (const id of documents.get(due.event.version) ?? []) state.recall(id, due)
    }
  }

  async #save(state: FoldState, cursor: string): Promise<void> {
    const changes = { cursor, documents: state.stored(), ...this.#waiting.changes() }
    const outcome = await this.#engine.readModels.save(this.#generation as Generation, this.#lease, changes)
    const { name } = this.#projection
    if (outcome === 'fenced') throw new Error(`another process keeps the read model '${name}'`)
    this.#cursor = cursor
    this.#waiting.saved()
    for (const [id, folded] of state.changes()) this.#documents.set(id, folded)
    for (const { stream, version, error } of changes.waiting) {
      if (error === undefined) continue
      this.#logger.error(
        { projection: name, stream, version, error },
        'a stream was parked: its event failed. Mend the handler and start again: what waits is then tried anew',
      )
    }
  }
}

const always = () => true

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

/** What names a way of folding: never the text of a function. */
function fingerprintOf({ revision, schema, indexes, handlers }: AnyProjection): string {
  const events = handlers.map(({ kind, aggregate, eventType }) => `${kind} ${aggregate.name} ${eventType}`)
  return hashOf([revision, jsonSchemaOf(schema, 'output'), indexes, events.sort()])
}
