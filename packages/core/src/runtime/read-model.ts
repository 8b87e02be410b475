import type { AnyProjection } from '../definitions/index.ts'
import type {
  Clock,
  Commit,
  DiscardedEvent,
  Engine,
  Generation,
  Logger,
  Position,
  WaitingEvent,
} from '../ports/index.ts'
import type { Discards } from './discards.ts'
import { type Folded, FoldState } from './fold.ts'
import type { DiscardOrder } from './operations.ts'
import type { Plan } from './plan.ts'
import { Planner } from './planner.ts'
import { Recent } from './recent.ts'
import { storedDocument } from './stored-form.ts'
import type { TokenContent } from './token.ts'
import { type FailedEvent, WaitingEvents } from './waiting.ts'

/**
 * One generation of a read model as this process keeps it: folds commits into documents, and saves documents, waiting
 * events and cursor as one.
 *
 * 1. (G4) A batch takes effect once: it is saved with the cursor behind it, under a lease.
 * 2. After a call that rejected, what is in memory may differ from what was saved: only `open` may follow.
 */
export interface ReadModelServices {
  readonly engine: Engine
  readonly clock: Clock
  readonly logger: Logger
  readonly discards: Discards
}

/** Another process has taken the lease, or has dropped the generation. */
export class FencedError extends Error {
  override readonly name = 'FencedError'
}

const CACHED_DOCUMENTS = 3000

export class ReadModel {
  readonly generation: Generation
  readonly #projection: AnyProjection
  readonly #services: ReadModelServices
  readonly #engine: Engine
  readonly #clock: Clock
  readonly #planner: Planner
  #lease = 0
  #cursor: string | undefined
  #waiting = new WaitingEvents([])
  /** Documents as last saved: under the lease nobody else changes them. */
  readonly #documents = new Recent<Folded>(CACHED_DOCUMENTS)

  constructor(projection: AnyProjection, generation: Generation, services: ReadModelServices) {
    this.generation = { model: generation.model, number: generation.number }
    this.#projection = projection
    this.#services = services
    this.#engine = services.engine
    this.#clock = services.clock
    this.#planner = new Planner(projection, services.engine.events)
  }

  get cursor(): string | undefined {
    return this.#cursor
  }

  counts(): { readonly parked: number; readonly deferred: number } {
    return this.#waiting.counts(this.#clock.now())
  }

  /** What only an operator can help (G10). */
  failed(): FailedEvent[] {
    return this.#waiting.failed(this.#clock.now())
  }

  /** How what a token stands for stands here (G8): streams that the projection takes no events from do not matter. */
  standing({ streams, position }: TokenContent): 'reached' | 'pending' | 'parked' {
    const known = streams.filter(({ stream }) => this.#planner.isFedBy(stream))
    return this.#waiting.standingOfAll(known, () => this.covers(position), this.#clock.now())
  }

  covers(position: Position): boolean {
    return this.#engine.events.covers(this.#cursor, position)
  }

  /** Takes the lease, and goes on from what was saved. */
  async open(): Promise<void> {
    const { readModels } = this.#engine
    const { lease, cursor } = await readModels.open(this.generation)
    const waiting = new WaitingEvents(await readModels.loadWaiting(this.generation))
    this.#services.discards.add(await readModels.loadDiscarded(this.generation.model))
    this.#lease = lease
    this.#cursor = cursor
    this.#waiting = waiting
    this.#documents.clear()
  }

  /**
   * Lets this generation serve.
   *
   * @throws FencedError when another process has taken it over
   */
  async serve(): Promise<void> {
    const outcome = await this.#engine.readModels.serve(this.generation, this.#lease, this.#clock.now())
    if (outcome === 'fenced') throw this.#fenced()
  }

  /** Folds commits, and stands at `cursor` then. */
  async fold(commits: readonly Commit[], cursor: string): Promise<number> {
    const plans = commits.flatMap((commit) => this.#planner.plansOf(commit))
    return this.#foldPlans(plans, cursor)
  }

  /** Tries again what handlers failed on. */
  async retryFailed(): Promise<void> {
    await this.#retryFailedDocuments()
    for (const { stream, version } of this.#waiting.parkedStreams()) await this.#retryStream(stream, version)
  }

  /** Tries again what failed. Answers whether that event is applied now; others behind it may have failed then. */
  async retry(failed: FailedEvent): Promise<'applied' | 'parked'> {
    const { stream, version, document } = failed
    if (document === undefined) await this.#retryStream(stream, version)
    else await this.#retryDocuments([document], (each) => each === stream)
    return this.#waiting.has(failed) ? 'parked' : 'applied'
  }

  /** Gives up what failed, and goes on with what waited behind it; all of that is saved as one. */
  async discard(failed: FailedEvent, { reason, actor }: DiscardOrder): Promise<void> {
    const { stream, version, document } = failed
    this.#waiting.settle(failed)
    const state = await (document === undefined
      ? this.#foldedBehind(stream, version)
      : this.#releasedFor([document], (each) => each === stream))
    const discarded = [{ ...failed, reason, actor, at: this.#clock.now() }]
    await this.#save(state, this.#cursor as string, discarded)
    this.#services.discards.add(discarded)
  }

  /** Events that failed when the document that they had waited for appeared. */
  async #retryFailedDocuments(): Promise<void> {
    const documents = this.#waiting.failedDocuments()
    if (documents.length > 0) await this.#retryDocuments(documents, always)
  }

  async #retryDocuments(documents: readonly string[], again: (stream: string) => boolean): Promise<void> {
    await this.#save(await this.#releasedFor(documents, again), this.#cursor as string)
  }

  async #releasedFor(documents: readonly string[], again: (stream: string) => boolean): Promise<FoldState> {
    const state = await this.#foldState([], documents)
    for (const document of documents) state.release(document, again)
    return state
  }

  /** A stream that was parked at a version: all of it that the feed has given already. */
  async #retryStream(stream: string, version: number): Promise<void> {
    this.#waiting.settle({ stream, version, document: undefined })
    await this.#foldPlans(await this.#plansBehind(stream, version), this.#cursor as string)
  }

  /** The event itself has no effect: its document, if it is the aggregate's own, shows that the stream has gone on. */
  async #foldedBehind(stream: string, version: number): Promise<FoldState> {
    const [first, ...behind] = await this.#plansBehind(stream, version)
    const plans = [...(first ? [{ ...first, steps: [], failure: undefined }] : []), ...behind]
    return this.#folded(plans)
  }

  #plansBehind(stream: string, version: number): Promise<Plan[]> {
    return this.#planner.plansFrom(stream, version, (position) => this.covers(position))
  }

  async #foldPlans(plans: readonly Plan[], cursor: string): Promise<number> {
    const state = await this.#folded(plans)
    await this.#save(state, cursor)
    return state.changes().size
  }

  async #folded(plans: readonly Plan[]): Promise<FoldState> {
    const state = await this.#foldState(plans)
    for (const each of plans) state.apply(each)
    return state
  }

  async #foldState(plans: readonly Plan[], documents: readonly string[] = []): Promise<FoldState> {
    const ids = new Set(documents)
    for (const { steps, own } of plans) {
      if (own !== undefined) ids.add(own)
      for (const { documentId } of steps) ids.add(documentId)
    }
    const { discards } = this.#services
    const state = new FoldState(this.#projection, await this.#load(ids), this.#waiting, this.#clock.now(), discards)
    await this.#planner.recall(state, this.#waiting, ids, new Set(documents))
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
    const stored = await this.#engine.readModels.load(this.generation, unknown)
    for (const { id, body, stream, version } of stored) {
      documents.set(id, { document: body === undefined ? undefined : storedDocument(body), stream, version })
    }
    return documents
  }

  async #save(state: FoldState, cursor: string, discarded?: readonly DiscardedEvent[]): Promise<void> {
    const changes = { cursor, documents: state.stored(), ...this.#waiting.changes(), ...(discarded && { discarded }) }
    const outcome = await this.#engine.readModels.save(this.generation, this.#lease, changes)
    if (outcome === 'fenced') throw this.#fenced()
    this.#cursor = cursor
    this.#waiting.saved()
    for (const [id, folded] of state.changes()) this.#documents.set(id, folded)
    for (const event of changes.waiting) if (event.error !== undefined) this.#logParked(event)
  }

  #logParked({ stream, version, document, error, attempts }: WaitingEvent): void {
    const { model, number } = this.generation
    this.#services.logger.error(
      { projection: model, generation: number, stream, version, document, error, attempts },
      'a stream was parked: its event failed. Mend the handler and start again, or retry or discard the dead letter',
    )
  }

  #fenced(): FencedError {
    return new FencedError(`another process keeps the read model '${this.#projection.name}'`)
  }
}

const always = () => true
