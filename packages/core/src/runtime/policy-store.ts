import type { AnyPolicy } from '../definitions/index.ts'
import type {
  Cancel,
  Changes,
  Clock,
  Commit,
  DiscardedEvent,
  DocumentPage,
  Engine,
  FeedPage,
  ListQuery,
  Partition,
  Position,
  Progress,
  StoredDocument,
  WaitingEvent,
} from '../ports/index.ts'
import { FencedError, stopping } from './errors.ts'
import { newestPosition } from './newest-position.ts'
import type { Insistence } from './policy-insistence.ts'
import { modelOf } from './policy-models.ts'
import { PolicyStream } from './policy-stream.ts'
import { PolicyStreams, type StreamChanges } from './policy-streams.ts'
import { TimerBook, type TimerChange, type TimerChanges } from './timers-book.ts'
import type { Timer } from './timers-stored.ts'

/**
 * What a policy keeps: how far it has come in the feed, streams with events that it has not reacted to yet, and timers.
 *
 * 1. (G3) In memory they are always a whole: all that the feed has given up to the cursor has been reacted to, or is of a
 *    stream that is kept. A save takes it as it is at one moment, so it loses nothing, and never holds anybody up.
 * 2. (G5) An event's timers are saved together with its being done: an event that comes again had none of them.
 * 3. One save is under way at a time. One that failed is repeated as it was: under the lease nobody else has changed
 *    anything, so it does not matter whether it took effect.
 * 4. What changes is saved a moment later, so that under load many events share one save. When nothing but the cursor
 *    has moved, that can wait: what would be read again means nothing to the policy.
 */
export interface PolicyStoreServices {
  readonly engine: Engine
  readonly clock: Clock
  readonly insistence: Insistence
  /** A timer has been saved that is due then. */
  readonly onScheduled: (due: number) => void
  /** Another process has taken over. */
  readonly onFenced: () => void
  /** What has changed cannot be saved, and nobody waits for it who could be told. */
  readonly onFailed: (error: unknown) => void
}

/** Milliseconds. */
const REST = 5
const REST_OF_CURSOR = 1000
const COMMITS_OF_A_STREAM = 100

export class PolicyStore {
  readonly timers: TimerBook
  readonly #services: PolicyStoreServices
  readonly #partition: Partition
  readonly #lease: number
  readonly #streams: PolicyStreams
  #cursor: string | undefined
  #discarded: DiscardedEvent[] = []
  /** How often something has changed, and how many of these changes are saved. */
  #changes = 0
  #saved = 0
  #saving: Promise<void> | undefined
  #taken: Taken | undefined
  #alarm: { readonly at: number; readonly cancel: Cancel } | undefined
  #isClosed = false

  private constructor(
    services: PolicyStoreServices,
    partition: Partition,
    lease: number,
    cursor: string | undefined,
    streams: readonly PolicyStream[],
  ) {
    this.#services = services
    this.#partition = partition
    this.#lease = lease
    this.#cursor = cursor
    this.#streams = new PolicyStreams(streams)
    this.timers = new TimerBook(services.onScheduled)
  }

  /** Takes the lease. A policy that is new begins at the end of the feed, unless it says otherwise. */
  static async open(policy: AnyPolicy, services: PolicyStoreServices): Promise<PolicyStore> {
    const { readModels } = services.engine
    const { partition, start } = await placeOf(policy, services)
    const { lease, cursor } = await readModels.open(partition)
    const waiting = await readModels.loadWaiting(partition)
    const streams = waiting.map((event) => new PolicyStream(event))
    const store = new PolicyStore(services, partition, lease, cursor ?? start, streams)
    if (cursor === undefined && start !== undefined) await store.#write(store.#take().changes)
    return store
  }

  /** Makes a policy known: if it is new, what is recorded from now on is its business, whoever will keep it. */
  static async introduce(policy: AnyPolicy, services: Pick<PolicyStoreServices, 'engine' | 'clock'>): Promise<void> {
    const { readModels } = services.engine
    const { partition, start } = await placeOf(policy, services)
    if (start === undefined) return
    const { lease, cursor } = await readModels.open(partition)
    // Where another process is faster, it begins no later: it knew the end before it took the lease.
    if (cursor === undefined)
      await readModels.save(partition, lease, { cursor: start, documents: [], waiting: [], settled: [] })
  }

  get streams(): PolicyStreams {
    return this.#streams
  }

  /** How many streams are under way or parked. */
  get underWay(): number {
    return this.#streams.all().length
  }

  /** How a stream stands that is under way or parked. */
  standing(stream: string): WaitingEvent | undefined {
    return this.#streams.get(stream)?.stored()
  }

  /** Streams that wait for repair. */
  parked(): WaitingEvent[] {
    return this.#streams.parked().map((each) => each.stored())
  }

  covers(position: Position): boolean {
    return this.#services.engine.events.covers(this.#cursor, position)
  }

  /** About how many events the policy has looked at, and how many there are. */
  progress(): Promise<Progress> {
    return this.#services.engine.events.progress(this.#cursor)
  }

  /** Where the newest commit is. */
  newestPosition(): Promise<Position> {
    return newestPosition(this.#services.engine.events)
  }

  readFeed(limit: number): Promise<FeedPage> {
    return this.#services.engine.events.readFeed(this.#cursor, limit)
  }

  /** The feed has given everything up to here, and the streams know of it. */
  advance(cursor: string): void {
    if (cursor === this.#cursor) return
    this.#change(REST_OF_CURSOR)
    this.#cursor = cursor
  }

  /** Nothing was given up to here: that need not be saved. */
  pass(cursor: string): void {
    this.#cursor = cursor
  }

  get lease(): number {
    return this.#lease
  }

  /** Events have been reacted to, or streams have changed otherwise. */
  changed(timers: readonly TimerChange[] = []): void {
    this.#change(REST)
    for (const change of timers) this.timers.change(change)
  }

  /** What became of a timer that was fired, unless another one has taken its place, or it comes too late. */
  concludeTimer(timer: Timer, next: Timer | undefined): void {
    if (!this.#isClosed && this.timers.isCurrent(timer)) this.changed([{ key: timer.key, timer: next }])
  }

  discard(event: DiscardedEvent): void {
    this.#change(REST)
    this.#discarded.push(event)
  }

  /** Commits behind a version of a stream that the feed has given already, and whether these are all. */
  async readStream(stream: string, after: number): Promise<{ readonly commits: Commit[]; readonly isAll: boolean }> {
    const given = this.#cursor
    if (given === undefined) return { commits: [], isAll: true }
    const commits = await this.#services.engine.events.readStream(stream, after, COMMITS_OF_A_STREAM, given)
    return { commits, isAll: commits.length < COMMITS_OF_A_STREAM }
  }

  list(query: ListQuery): Promise<DocumentPage> {
    return this.#services.engine.readModels.list(this.#partition, query)
  }

  get(id: string): Promise<StoredDocument | undefined> {
    return this.#services.engine.readModels.get(this.#partition, id)
  }

  /** Resolves when all that has changed until now is saved. */
  async flush(): Promise<void> {
    const target = this.#changes
    while (this.#saved < target) {
      this.#saving ??= this.#saveNext().finally(() => {
        this.#saving = undefined
      })
      await this.#saving
    }
  }

  /** From now on nothing changes any more. What has changed is saved when that is asked for. */
  close(): void {
    this.#isClosed = true
    this.#alarm?.cancel()
  }

  #change(rest: number): void {
    if (this.#isClosed) throw stopping()
    this.#changes += 1
    const { clock } = this.#services
    const at = clock.now() + rest
    if (this.#alarm && this.#alarm.at <= at) return
    this.#alarm?.cancel()
    const cancel = clock.after(rest, () => {
      this.#alarm = undefined
      this.flush().catch(this.#services.onFailed)
    })
    this.#alarm = { at, cancel }
  }

  async #saveNext(): Promise<void> {
    this.#taken ??= this.#take()
    const { changes, streams, timers, upTo } = this.#taken
    await this.#services.insistence.until('save', () => this.#write(changes))
    this.#taken = undefined
    this.#saved = upTo
    this.#streams.saved(streams)
    this.timers.saved(timers)
  }

  /** Timers are encoded before anything is taken: when that fails, all is left as it was. */
  #take(): Taken {
    const timers = this.timers.take()
    const streams = this.#streams.take()
    const { documents, purged } = timers
    const discarded = this.#discarded.splice(0)
    const changes = { cursor: this.#cursor as string, ...streams, documents, purged, discarded }
    return { changes, streams, timers, upTo: this.#changes }
  }

  async #write(changes: Changes): Promise<void> {
    const { engine, onFenced } = this.#services
    if ((await engine.readModels.save(this.#partition, this.#lease, changes)) === 'saved') return
    onFenced()
    throw new FencedError(`another process keeps '${this.#partition.model}'`)
  }
}

/** One save, for as long as it is not known to have taken effect. */
interface Taken {
  readonly changes: Changes
  readonly streams: StreamChanges
  readonly timers: TimerChanges
  /** How many changes it holds, with those before it. */
  readonly upTo: number
}

/** Where a policy keeps its progress, and where it starts if it is new. The end is looked for before a lease is taken. */
async function placeOf(
  { name, from }: AnyPolicy,
  { engine: { events, readModels }, clock }: Pick<PolicyStoreServices, 'engine' | 'clock'>,
): Promise<{ readonly partition: Partition; readonly start: string | undefined }> {
  // Timers are kept by key, whatever stream they come from: so all of a policy belongs together.
  const definition = { name: modelOf(name), fingerprint: 'policy', indexes: ['due'], partitions: 1 }
  const known = (await readModels.generations(definition.name)).find(({ state }) => state === 'serving')
  const isNew = known?.partitions[0]?.cursor === undefined && from !== 'start'
  const start = isNew ? await events.feedEnd() : undefined
  const { model, number } = known ?? (await readModels.create(definition, clock.now()))
  return { partition: { model, number, partition: 0 }, start }
}
