import type { AnyProjection } from '../definitions/index.ts'
import type {
  Clock,
  Commit,
  DiscardedEvent,
  Engine,
  FeedPage,
  Logger,
  OpenedPartition,
  Partition,
  Position,
  SeenDocument,
  StoredDocument,
  WaitingEvent,
} from '../ports/index.ts'
import { type BegunWork, NEVER_ENDED } from './begun-work.ts'
import type { Discards } from './discards.ts'
import { FencedError } from './errors.ts'
import { type Folded, FoldState } from './fold.ts'
import type { DiscardOrder } from './operations.ts'
import type { Plan } from './plan.ts'
import { Planner, unreadable } from './planner.ts'
import { Recent } from './recent.ts'
import { storedDocument } from './stored-form.ts'
import type { TokenContent } from './token.ts'
import { type FailedEvent, WaitingEvents } from './waiting.ts'

/**
 * One partition of a generation of a read model, as this process keeps it: folds commits into documents, and saves
 * documents, waiting events and cursor as one.
 *
 * 1. (G4) A batch takes effect once: it is saved with the cursor behind it, under a lease.
 * 2. (G4) Where there are other partitions, these may write the same documents: what a batch rests on is checked when it is
 *    saved, and documents that an event waits for may have been made by them.
 * 3. After a call that rejected, what is in memory may differ from what was saved: only `open` may follow.
 */
export interface ReadModelServices {
  readonly engine: Engine
  readonly clock: Clock
  readonly logger: Logger
  readonly discards: Discards
}

/** Another partition has changed a document that a batch rests on: it has to be folded again. */
export class OvertakenError extends Error {
  override readonly name = 'OvertakenError'
}

/** What became of a look for documents that events wait for. */
export interface Released {
  /** The next look goes on with others. */
  readonly hasMore: boolean
  /** Something does not wait any more. */
  readonly hasApplied: boolean
}

const CACHED_DOCUMENTS = 3000
/** Of how many documents it is looked at a time whether other partitions have made them. */
const AWAITED_AT_A_TIME = 500

export class ReadModel {
  readonly partition: Partition
  readonly #of: number
  readonly #projection: AnyProjection
  readonly #services: ReadModelServices
  readonly #engine: Engine
  readonly #clock: Clock
  readonly #planner: Planner
  #lease = 0
  #cursor: string | undefined
  /** As it is stored. */
  #savedCursor: string | undefined
  #waiting = new WaitingEvents([])
  /** Documents as last saved, where nobody else changes them. */
  readonly #documents = new Recent<Folded>(CACHED_DOCUMENTS)
  /** What the batch in hand rests on, where others may change it. */
  #seen: SeenDocument[] = []
  /** Ids of documents that were saved since somebody asked; undefined: any may have been. */
  #changed: Set<string> | undefined = new Set()
  /** Where the next look at documents that are awaited begins. */
  #awaitedFrom = 0

  /** @param of how many partitions there are */
  constructor(projection: AnyProjection, partition: Partition, of: number, services: ReadModelServices) {
    this.partition = partition
    this.#of = of
    this.#projection = projection
    this.#services = services
    this.#engine = services.engine
    this.#clock = services.clock
    this.#planner = new Planner(projection, services.engine.events)
  }

  get cursor(): string | undefined {
    return this.#cursor
  }

  /** Ids of the documents that have changed since the last call; undefined when that cannot be told. */
  takeChanged(): ReadonlySet<string> | undefined {
    const changed = this.#changed
    this.#changed = new Set()
    return changed
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
    const { lease, cursor } = await readModels.open(this.partition)
    const waiting = new WaitingEvents(await readModels.loadWaiting(this.partition))
    this.#services.discards.add(await readModels.loadDiscarded(this.partition.model))
    this.#lease = lease
    this.#cursor = cursor
    this.#savedCursor = cursor
    // A save whose answer was lost, or another process, may have changed what was not noted here.
    this.#changed = undefined
    this.#waiting = waiting
    this.#documents.clear()
  }

  /** Whether the store has it as this process left it: not when another one was at it, or the store has lost something. */
  isAsStored({ lease, cursor }: OpenedPartition): boolean {
    return this.#lease > 0 && lease === this.#lease && cursor === this.#savedCursor
  }

  /**
   * Lets this generation serve, if it is nowhere behind the one that does.
   *
   * @throws FencedError when another process has taken it over
   */
  async serve(): Promise<'serving' | 'behind'> {
    const outcome = await this.#engine.readModels.serve(this.partition, this.#lease, this.#clock.now())
    if (outcome === 'fenced') throw this.#fenced()
    return outcome
  }

  /** What of the feed comes next. */
  read(limit: number): Promise<FeedPage> {
    const part = this.#isAlone ? undefined : { partition: this.partition.partition, of: this.#of }
    return this.#engine.events.readFeed(this.#cursor, limit, part)
  }

  /** Nothing was given up to here: that need not be saved. */
  pass(cursor: string): void {
    this.#cursor = cursor
  }

  /** Whether events wait for documents. */
  get isAwaiting(): boolean {
    return this.#waiting.awaitedDocuments().length > 0
  }

  /**
   * Applies what has waited for documents that other partitions have made; looks for some of these documents at a time.
   *
   * @param begun notes what is begun
   */
  async releaseAwaited(begun?: BegunWork): Promise<Released> {
    const awaited = this.#isAlone ? [] : this.#waiting.awaitedDocuments()
    if (this.#awaitedFrom >= awaited.length) this.#awaitedFrom = 0
    const some = awaited.slice(this.#awaitedFrom, this.#awaitedFrom + AWAITED_AT_A_TIME)
    const isLast = this.#awaitedFrom + some.length >= awaited.length
    const made = some.length > 0 ? await this.#engine.readModels.load(this.partition, some) : []
    if (made.length > 0) {
      const ids = made.map(({ id }) => id)
      if (begun) for (const id of ids) await this.#releaseCarefully(id, begun)
      else await this.#retryDocuments(ids, never)
    }
    this.#awaitedFrom = isLast ? 0 : this.#awaitedFrom + some.length - made.length
    return { hasMore: !isLast, hasApplied: this.#waiting.awaitedDocuments().length < awaited.length }
  }

  /**
   * Folds commits, and stands at `cursor` then. What stands behind an event that failed is not even decoded.
   *
   * @param begun notes what is begun; what never ends is parked
   */
  async fold(commits: readonly Commit[], cursor: string, begun?: BegunWork): Promise<number> {
    const plans: Plan[] = []
    for (const commit of commits) {
      if (this.#waiting.isParked(commit.stream) || !this.#planner.isFedBy(commit.stream)) continue
      const mayBegin = !begun || (await begun.begin({ ...commit, attempts: 0 }))
      plans.push(...(mayBegin ? this.#planner.plansOf(commit) : unreadable(commit, NEVER_ENDED)))
    }
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

  /** What may not be begun any more is parked: of each stream the event that waits first. */
  async #releaseCarefully(document: string, begun: BegunWork): Promise<void> {
    const lines = this.#waiting.waitingFor(document)
    const first = lines.flatMap((line) => line[0] ?? []).filter(({ error }) => error === undefined)
    const [work] = first
    if (!work || (await begun.begin({ ...work, document }))) return this.#retryDocuments([document], never)
    for (const { stream, version } of first) {
      this.#waiting.add({ stream, version, document, since: this.#clock.now(), error: NEVER_ENDED })
    }
    await this.#save(await this.#foldState([]), this.#cursor as string)
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
    return this.#planner.plansFrom(stream, version, this.#cursor as string)
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

  get #isAlone(): boolean {
    return this.#of === 1
  }

  async #load(ids: ReadonlySet<string>): Promise<Map<string, Folded>> {
    const documents = new Map<string, Folded>()
    const unknown: string[] = []
    for (const id of ids) {
      const cached = this.#documents.get(id)
      if (cached) documents.set(id, cached)
      else unknown.push(id)
    }
    const stored = unknown.length > 0 ? await this.#engine.readModels.load(this.partition, unknown) : []
    for (const { id, body, stream, version } of stored) {
      documents.set(id, { document: body === undefined ? undefined : storedDocument(body), stream, version })
    }
    if (!this.#isAlone) this.#seen = seenAs(unknown, stored)
    return documents
  }

  async #save(state: FoldState, cursor: string, discarded?: readonly DiscardedEvent[]): Promise<void> {
    const changes = {
      cursor,
      documents: state.stored(),
      ...this.#waiting.changes(),
      ...(this.#isAlone ? {} : { seen: this.#seen }),
      ...(discarded && { discarded }),
    }
    const outcome = await this.#engine.readModels.save(this.partition, this.#lease, changes)
    if (outcome === 'fenced') throw this.#fenced()
    if (outcome === 'overtaken') throw new OvertakenError('another partition has changed what this one rests on')
    this.#cursor = cursor
    this.#savedCursor = cursor
    this.#waiting.saved()
    for (const id of state.changes().keys()) this.#changed?.add(id)
    if (this.#isAlone) for (const [id, folded] of state.changes()) this.#documents.set(id, folded)
    for (const event of changes.waiting) if (event.error !== undefined) this.#logParked(event)
  }

  #logParked({ stream, version, document, error, attempts }: WaitingEvent): void {
    const { model, number } = this.partition
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
const never = () => false

function seenAs(ids: readonly string[], stored: readonly StoredDocument[]): SeenDocument[] {
  const found = new Map(stored.map((document) => [document.id, document]))
  return ids.map((id) => ({ id, stored: found.get(id) }))
}
