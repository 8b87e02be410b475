import { LRUCache } from 'lru-cache'
import type { AnyProjection, RecordedEvent } from '../definitions/index.ts'
import { jsonSchemaOf } from '../definitions/index.ts'
import type { Cancel, Clock, Commit, Engine, FeedPage, Generation, Logger, Position } from '../ports/index.ts'
import { decodeCommit } from './codec.ts'
import { hashOf } from './derived-id.ts'
import { type Folded, FoldState, type Handlers, handlersOf, type Plan, plan } from './fold.ts'
import { parseStream } from './stream-name.ts'
import type { TokenContent } from './token.ts'
import type { ProjectionStatus } from './types.ts'
import { WaitingEvents } from './waiting.ts'

/**
 * Keeps one read model current: reads the feed, folds, and saves documents, waiting events and cursor as one.
 *
 * 1. (G4) A batch takes effect once: it is saved with the cursor behind it, under a lease.
 * 2. (G3) A commit wakes it; polling is the safety net.
 * 3. It never idles while more is waiting.
 * 4. When the storage fails it tries again, with growing pauses, from what was last saved.
 */
export interface ProjectorServices {
  readonly engine: Engine
  readonly clock: Clock
  readonly logger: Logger
  readonly pollInterval: number
}

const COMMITS_IN_A_BATCH = 2000
const CACHED_DOCUMENTS = 5000
const FIRST_PAUSE = 50
const LONGEST_PAUSE = 5000

export class Projector {
  readonly projection: AnyProjection
  readonly #services: ProjectorServices
  readonly #handlers: Handlers
  #generation: Generation | undefined
  #lease = 0
  #cursor: string | undefined
  #waiting = new WaitingEvents([])
  /** Documents as last saved: under the lease nobody else changes them. */
  readonly #documents = new LRUCache<string, Folded>({ max: CACHED_DOCUMENTS })
  /** Where the feed ended when this process started. */
  #target: string | undefined
  #current = false
  #error: string | undefined
  #failures = 0
  #state: 'idle' | 'running' | 'stopped' = 'idle'
  #wokenMeanwhile = false
  #cancelPoll: Cancel = () => {}
  readonly #watchers = new Set<() => void>()
  #running: Promise<void> = Promise.resolve()

  constructor(projection: AnyProjection, services: ProjectorServices) {
    this.projection = projection
    this.#services = services
    this.#handlers = handlersOf(projection)
  }

  /** Takes the lease and starts to follow the feed. */
  async start(): Promise<void> {
    const { engine } = this.#services
    this.#target = await engine.events.feedEnd()
    await this.#open()
    await this.#retryParked()
    this.wake()
  }

  /** Looks at the feed now. */
  wake(): void {
    if (this.#state === 'running') this.#wokenMeanwhile = true
    if (this.#state !== 'idle') return
    this.#state = 'running'
    this.#cancelPoll()
    this.#services.clock.soon(() => {
      this.#running = this.#follow()
    })
  }

  /** Finishes the batch in hand and follows the feed no more. */
  async stop(): Promise<void> {
    this.#state = 'stopped'
    this.#cancelPoll()
    await this.#running
  }

  /** What documents are read from; undefined until the projector has started. */
  get generation(): Generation | undefined {
    return this.#generation
  }

  /** How what a token stands for stands here (G8). */
  standing({ stream, version, position }: TokenContent): 'reached' | 'pending' | 'parked' {
    if (!this.#handlers.has(parseStream(stream).aggregate)) return 'reached'
    const standing = this.#waiting.standing(stream, version, this.#services.clock.now())
    if (standing === 'parked') return 'parked'
    return standing === 'applied' && this.covers(position) ? 'reached' : 'pending'
  }

  covers(position: Position): boolean {
    return this.#services.engine.events.covers(this.#cursor, position)
  }

  /** Calls back after every batch; returns unsubscribe. */
  watch(onProgress: () => void): Cancel {
    this.#watchers.add(onProgress)
    return () => this.#watchers.delete(onProgress)
  }

  status(): ProjectionStatus {
    const { name } = this.projection
    const counts = this.#waiting.counts(this.#services.clock.now())
    return { name, generation: this.#generation?.number ?? 0, current: this.#current, error: this.#error, ...counts }
  }

  async #open(): Promise<void> {
    const { readModels } = this.#services.engine
    const { name, indexes } = this.projection
    const opened = await readModels.open({ name, fingerprint: fingerprintOf(this.projection), indexes })
    this.#generation = opened.generation
    this.#lease = opened.lease
    this.#documents.clear()
    this.#cursor = opened.cursor
    this.#waiting = new WaitingEvents(await readModels.loadWaiting(opened.generation))
  }

  async #follow(): Promise<void> {
    do {
      this.#wokenMeanwhile = false
      try {
        const more = await this.#step()
        this.#failures = 0
        this.#error = undefined
        if (more) this.#wokenMeanwhile = true
      } catch (error) {
        return this.#pause(error)
      }
      await this.#breathe()
    } while (this.#wokenMeanwhile && this.#state === 'running')
    if (this.#state === 'stopped') return
    this.#state = 'idle'
    this.#cancelPoll = this.#services.clock.after(this.#services.pollInterval, () => this.wake())
  }

  /** Lets requests in between two batches. */
  #breathe(): Promise<void> {
    return new Promise((resolve) => this.#services.clock.soon(resolve))
  }

  /** Folds one page of the feed. Returns whether more is waiting. */
  async #step(): Promise<boolean> {
    const page = await this.#services.engine.events.readFeed(this.#cursor, COMMITS_IN_A_BATCH)
    if (page.cursor !== this.#cursor) await this.#fold(page.commits, page.cursor)
    if (!page.more && !this.#current) await this.#becomeCurrent(page)
    for (const onProgress of this.#watchers) onProgress()
    return page.more
  }

  async #becomeCurrent(page: FeedPage): Promise<void> {
    const { events, readModels } = this.#services.engine
    if (this.#target !== undefined && !events.covers(page.cursor, this.#target)) return
    this.#current = true
    if (this.#generation) await readModels.dropOthers(this.#generation)
  }

  async #fold(commits: readonly Commit[], cursor: string): Promise<void> {
    const plans = commits.flatMap((commit) => this.#plansOf(commit))
    const state = await this.#foldState(plans)
    for (const each of plans) state.apply(each)
    await this.#save(state, cursor)
  }

  #plansOf(commit: Commit, from = 0): Plan[] {
    const handlers = this.#handlers.get(parseStream(commit.stream).aggregate)
    if (!handlers) return []
    try {
      const events = decodeCommit(commit).filter(({ version }) => version >= from)
      return events.map((event) => plan(this.projection, handlers, event))
    } catch (failure) {
      const event = { stream: commit.stream, version: commit.version } as RecordedEvent
      return [{ event, steps: [], failure, own: undefined }]
    }
  }

  async #foldState(plans: readonly Plan[]): Promise<FoldState> {
    const ids = new Set<string>()
    for (const { steps, own } of plans) {
      if (own !== undefined) ids.add(own)
      for (const { documentId } of steps) ids.add(documentId)
    }
    const documents = await this.#load(ids)
    const state = new FoldState(this.projection, documents, this.#waiting, this.#services.clock.now())
    for (const id of ids) if (this.#waiting.isAwaited(id)) await this.#recall(state, id)
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
    for (const { id, body, stream, version } of await this.#services.engine.readModels.load(
      this.#generation as Generation,
      unknown,
    )) {
      documents.set(id, { document: body === undefined ? undefined : JSON.parse(body), stream, version })
    }
    return documents
  }

  async #recall(state: FoldState, documentId: string): Promise<void> {
    for (const { stream, version } of this.#waiting.waitingFor(documentId).flat()) {
      const [commit] = await this.#services.engine.events.readStream(stream, version - 1, 1)
      const due = commit ? this.#plansOf(commit, version).find(({ event }) => event.version === version) : undefined
      const step = due?.steps.find((each) => each.documentId === documentId)
      if (step) state.recall(step)
    }
  }

  async #save(state: FoldState, cursor: string): Promise<void> {
    const changes = { cursor, documents: state.stored(), ...this.#waiting.takeChanges() }
    const { readModels } = this.#services.engine
    const outcome = await readModels.save(this.#generation as Generation, this.#lease, changes)
    if (outcome === 'fenced') throw new Error(`another process keeps the read model '${this.projection.name}'`)
    this.#cursor = cursor
    for (const [id, folded] of state.changes()) this.#documents.set(id, folded)
    for (const { stream, version, error } of changes.waiting) {
      if (error === undefined) continue
      const { name } = this.projection
      this.#services.logger.error({ projection: name, stream, version, error }, 'a stream was parked: its event failed')
    }
  }

  /** A definition may have been mended since a stream was parked: its events are tried again at every start. */
  async #retryParked(): Promise<void> {
    for (const { stream, version } of this.#waiting.parkedStreams()) {
      this.#waiting.settle({ stream, version, document: undefined })
      const plans: Plan[] = []
      for (let after = version - 1, more = true; more; ) {
        const commits = await this.#services.engine.events.readStream(stream, after, COMMITS_IN_A_BATCH)
        const seen = commits.filter(({ position }) => this.covers(position))
        plans.push(...seen.flatMap((commit) => this.#plansOf(commit, version)))
        const last = seen.at(-1)
        more = seen.length === COMMITS_IN_A_BATCH && last !== undefined
        after = last ? last.version + last.count - 1 : after
      }
      const state = await this.#foldState(plans)
      for (const each of plans) state.apply(each)
      await this.#save(state, this.#cursor as string)
    }
  }

  #pause(error: unknown): void {
    const { clock, logger } = this.#services
    this.#error = error instanceof Error ? error.message : String(error)
    logger.error({ err: error, projection: this.projection.name }, 'a projection could not go on and will try again')
    if (this.#state === 'stopped') return
    const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** this.#failures++)
    this.#state = 'idle'
    this.#cancelPoll = clock.after(pause, () => {
      this.#reopen()
    })
  }

  #reopen(): void {
    this.#open().then(
      () => this.wake(),
      (error: unknown) => this.#pause(error),
    )
  }
}

/** What names a way of folding: never the text of a function. */
function fingerprintOf({ revision, schema, indexes, handlers }: AnyProjection): string {
  const events = handlers.map(({ kind, aggregate, eventType }) => `${kind} ${aggregate.name} ${eventType}`)
  return hashOf([revision, jsonSchemaOf(schema, 'output'), indexes, events.sort()])
}
