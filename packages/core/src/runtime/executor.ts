import type { AnyAggregate } from '../definitions/index.ts'
import type { AppendResult, Clock, EventStore, Identity, Logger } from '../ports/index.ts'
import { UnavailableError, UndecodableEventError } from './errors.ts'
import { type Batch, type BatchServices, decideBatch } from './lane.ts'
import { initial, type StateStore, type VersionedState } from './state-store.ts'
import type { Task } from './task.ts'

/**
 * The command path: a lane per stream, and one group of appends for all lanes that are ready.
 *
 * 1. Commands of one stream are decided in the order in which they came, one batch at a time.
 * 2. One group is under way at a time; what comes meanwhile makes the next group. That is group commit: the more
 *    callers, the more commands share one durable write.
 * 3. A conflict reloads and decides again that lane only, a bounded number of times (G1).
 * 4. When an append fails for any other reason, nobody is told yes, and all states that it touched are forgotten (G3).
 */
export interface ExecutorServices {
  readonly events: EventStore
  readonly states: StateStore
  readonly clock: Clock
  readonly identity: Identity
  readonly logger: Logger
}

interface Lane {
  readonly stream: string
  readonly queue: Task[]
  /** States that were loaded for the next batch: the cache may have dropped them when it comes to it. */
  loaded: Map<string, VersionedState> | undefined
  busy: boolean
}

const MOST_ATTEMPTS = 40
const LANES_IN_A_GROUP = 1000
const FIRST_BACKOFF = 2
const LONGEST_BACKOFF = 250

export class Executor {
  readonly #services: ExecutorServices
  readonly #batchServices: BatchServices
  readonly #lanes = new Map<string, Lane>()
  #ready: Lane[] = []
  #flushing = false
  #stopping = false
  /** Tasks that wait between two attempts. */
  #backingOff = 0
  #drained: (() => void)[] = []

  constructor(services: ExecutorServices) {
    const { identity, states } = services
    this.#services = services
    this.#batchServices = {
      newId: identity.newId,
      remember: (aggregate, stream, before, after) => states.remember(aggregate, stream, before, after),
    }
  }

  /** Queues a task; it is settled or failed later. */
  submit(task: Task): void {
    if (this.#stopping) return task.fail(new UnavailableError('The application is stopping', { retryAfter: 2 }))
    this.#enqueue(task)
  }

  /** Refuses new tasks, and resolves when those that were taken have been answered. */
  async stop(): Promise<void> {
    this.#stopping = true
    if (!this.#idle) await new Promise<void>((resolve) => this.#drained.push(resolve))
  }

  #enqueue(task: Task): void {
    let lane = this.#lanes.get(task.stream)
    if (!lane) {
      lane = { stream: task.stream, queue: [], loaded: undefined, busy: false }
      this.#lanes.set(task.stream, lane)
    }
    lane.queue.push(task)
    if (!lane.busy) this.#prepare(lane)
  }

  /** Gets the states that the lane's commands decide on, then makes it ready. */
  #prepare(lane: Lane): void {
    lane.busy = true
    const missing = this.#missingStates(lane)
    if (!missing) return this.#makeReady(lane)
    const { states } = this.#services
    const loads = [...missing].map(async ([stream, aggregate]) => {
      keep(lane, stream, await states.load(aggregate, stream))
    })
    Promise.all(loads).then(
      () => this.#makeReady(lane),
      (error: unknown) => this.#failLane(lane, error),
    )
  }

  #missingStates(lane: Lane): Map<string, AnyAggregate> | undefined {
    let missing: Map<string, AnyAggregate> | undefined
    const need = (aggregate: AnyAggregate, stream: string) => {
      if (this.#services.states.cached(stream) || lane.loaded?.has(stream)) return
      missing ??= new Map()
      missing.set(stream, aggregate)
    }
    for (const task of lane.queue) {
      if (task.isNew && task.attempts === 0) keep(lane, task.stream, initial(task.aggregate))
      else need(task.aggregate, task.stream)
      for (const { aggregate, stream } of task.references) need(aggregate, stream)
    }
    return missing
  }

  #makeReady(lane: Lane): void {
    this.#ready.push(lane)
    if (this.#flushing) return
    this.#flushing = true
    this.#services.clock.soon(() => this.#flush())
  }

  /** Decides and appends one group after the other until no lane is ready. */
  async #flush(): Promise<void> {
    const lanes = this.#ready.splice(0, LANES_IN_A_GROUP)
    const batches: Batch[] = []
    const at = new Date(this.#services.clock.now()).toISOString()
    try {
      for (const lane of lanes) batches.push(this.#decide(lane, at))
      const results = await this.#services.events.append(batches.map(({ append }) => append))
      for (const [index, batch] of batches.entries()) this.#conclude(batch, results[index] as AppendResult)
    } catch (error) {
      this.#failGroup(batches, error)
    }
    for (const lane of lanes) this.#release(lane)
    if (this.#ready.length === 0) this.#flushing = false
    else this.#services.clock.soon(() => this.#flush())
  }

  #decide(lane: Lane, at: string): Batch {
    const { states } = this.#services
    const stateOf = (stream: string) => lane.loaded?.get(stream) ?? states.cached(stream)
    return decideBatch(lane.queue, at, stateOf, this.#batchServices)
  }

  #conclude(batch: Batch, result: AppendResult): void {
    if (result.outcome === 'appended') return batch.settle(result)
    this.#forget(batch)
    if (result.outcome === 'duplicate') return this.#settleDuplicate(batch, result.commandId)
    for (const task of batch.tasks) this.#retry(task, result.stream)
  }

  /** Another process recorded the command first: its record is the answer; the rest of the batch decides anew. */
  #settleDuplicate(batch: Batch, commandId: string): void {
    for (const task of batch.tasks) {
      if (task.metadata.commandId === commandId) task.settle({ kind: 'recorded' }, '')
      else this.#enqueue(task)
    }
  }

  #retry(task: Task, contended: string): void {
    task.attempts += 1
    const { clock, identity } = this.#services
    if (task.attempts >= MOST_ATTEMPTS) {
      return task.fail(new UnavailableError(`Too many writers at once on ${contended}`))
    }
    if (task.attempts < 3) return this.#enqueue(task)
    const longest = Math.min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** task.attempts)
    this.#backingOff += 1
    clock.after(identity.random() * longest, () => {
      this.#backingOff -= 1
      this.#enqueue(task)
    })
  }

  #forget(batch: Batch): void {
    for (const { stream } of batch.append.streams) this.#services.states.forget(stream)
  }

  #failGroup(batches: readonly Batch[], error: unknown): void {
    this.#services.logger.error({ err: error }, 'a group of commands could not be appended')
    for (const batch of batches) {
      this.#forget(batch)
      for (const task of batch.tasks) task.fail(unavailable(error))
    }
  }

  #failLane(lane: Lane, error: unknown): void {
    const reason = error instanceof UndecodableEventError ? error : unavailable(error)
    for (const task of lane.queue.splice(0)) task.fail(reason)
    this.#release(lane)
  }

  #release(lane: Lane): void {
    lane.busy = false
    lane.loaded = undefined
    if (lane.queue.length > 0) return this.#prepare(lane)
    this.#lanes.delete(lane.stream)
    if (this.#idle) for (const resolve of this.#drained.splice(0)) resolve()
  }

  get #idle(): boolean {
    return this.#lanes.size === 0 && this.#backingOff === 0
  }
}

function keep(lane: Lane, stream: string, state: VersionedState): void {
  lane.loaded ??= new Map()
  lane.loaded.set(stream, state)
}

function unavailable(cause: unknown): UnavailableError {
  return new UnavailableError('The event store cannot be used at the moment', { cause })
}
