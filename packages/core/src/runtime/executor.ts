import type { AnyAggregate } from '../definitions/index.ts'
import type { AppendResult, Clock, EventStore, Identity, Logger } from '../ports/index.ts'
import { stopping, unavailable } from './errors.ts'
import { type Batch, type BatchServices, decideBatch } from './lane.ts'
import { failUnloadable, hasLost, keep, type Lane, newLane, withoutDuplicate } from './lane-queue.ts'
import { initial, type StateStore, type VersionedState } from './state-store.ts'
import { streamsOf, type Task } from './task.ts'
import type { AppendTelemetry } from './telemetry-appends.ts'

/**
 * The command path: a lane per stream, and one group of appends for all lanes that are ready.
 *
 * 1. Commands of one stream are decided in the order in which they came, one batch at a time, also after a conflict.
 * 2. What comes while a group is under way makes the next group. That is group commit: the more callers, the more
 *    commands share one durable write. Where the store takes several groups side by side, and there are commands enough,
 *    the next is decided while it writes the one before. A group with commands that need several streams is alone.
 * 3. A conflict reloads and decides again that lane only, a bounded number of times (G1). Lanes of one group do not
 *    conflict with each other: one that needs what another is about to write waits for the next group.
 * 4. When an append fails for any other reason, nobody is told yes, and all states that it touched are forgotten (G3).
 */
export interface ExecutorServices {
  readonly events: EventStore
  readonly states: StateStore
  readonly clock: Clock
  readonly identity: Identity
  readonly logger: Logger
  readonly telemetry: AppendTelemetry | undefined
}

/** Lanes of a group with the batch of each, and those that have to wait for the next. */
interface DecidedGroup {
  readonly decided: readonly Lane[]
  readonly batches: readonly Batch[]
  readonly passedOver: ReadonlySet<Lane>
}

const LANES_IN_A_GROUP = 1000
/** A further group beside those under way, with fewer lanes, would cost more durable writes than it saves time. */
const LANES_OF_A_FURTHER_GROUP = 128
const MOST_ROUNDS = 16
/** After so many conflicts a lane pauses before it is decided again. */
const PATIENT_ATTEMPTS = 3
const FIRST_BACKOFF = 2
const LONGEST_BACKOFF = 250

export class Executor {
  readonly #services: ExecutorServices
  readonly #batchServices: BatchServices
  readonly #lanes = new Map<string, Lane>()
  #ready: Lane[] = []
  #gathering = false
  /** How many groups are under way. */
  #groups = 0
  /** Whether one of them needs several streams for a command. */
  #mayMeet = false
  /** How many tasks have been taken so far. */
  #submitted = 0
  #stopping = false
  #drained: (() => void)[] = []

  constructor(services: ExecutorServices) {
    const { events, identity, states } = services
    this.#services = services
    this.#batchServices = {
      limits: events.limits,
      newId: () => identity.newId(),
      forget: (stream) => states.forget(stream),
      remember: (aggregate, stream, before, after) => states.remember(aggregate, stream, before, after),
    }
  }

  /** Whether commands are under way. */
  get isBusy(): boolean {
    return this.#lanes.size > 0
  }

  /** Queues a task; it is settled or failed later. */
  submit(task: Task): void {
    if (this.#stopping) return task.fail(stopping())
    this.#submitted += 1
    this.#enqueue(task)
  }

  /** Refuses new tasks, and resolves when those that were taken have been answered. */
  async stop(): Promise<void> {
    this.#stopping = true
    if (this.#lanes.size > 0) await new Promise<void>((resolve) => this.#drained.push(resolve))
  }

  #enqueue(task: Task): void {
    let lane = this.#lanes.get(task.stream)
    if (!lane) {
      lane = newLane(task.stream)
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
    this.#keepCached(lane)
    const loads = [...missing].map(([stream, aggregate]) => this.#load(lane, aggregate, stream))
    void Promise.all(loads).then(() => {
      if (lane.unloadable) failUnloadable(lane, lane.unloadable)
      if (lane.queue.length > 0) this.#makeReady(lane)
      else this.#release(lane)
    })
  }

  async #load(lane: Lane, aggregate: AnyAggregate, stream: string): Promise<void> {
    try {
      keep(lane, stream, await this.#services.states.load(aggregate, stream))
    } catch (error) {
      lane.unloadable ??= new Map()
      lane.unloadable.set(stream, error)
    }
  }

  #missingStates(lane: Lane): Map<string, AnyAggregate> | undefined {
    let missing: Map<string, AnyAggregate> | undefined
    const need = (aggregate: AnyAggregate, stream: string) => {
      if (this.#services.states.cached(stream) || lane.loaded?.has(stream)) return
      missing ??= new Map()
      missing.set(stream, aggregate)
    }
    for (const task of lane.queue) {
      if (task.isNew && task.attempts === 0) lane.fresh = initial(task.aggregate)
      else need(task.aggregate, task.stream)
      for (const { aggregate, stream } of task.references) need(aggregate, stream)
    }
    return missing
  }

  /** While some states are loaded the cache may drop the others, so that a small one would never hold all of them. */
  #keepCached(lane: Lane): void {
    const { states } = this.#services
    for (const stream of lane.queue.flatMap(streamsOf)) {
      const cached = states.cached(stream)
      if (cached) keep(lane, stream, cached)
    }
  }

  #makeReady(lane: Lane): void {
    this.#ready.push(lane)
    this.#goOn()
  }

  /** Begins a group, if there is one to be begun now. */
  #goOn(): void {
    const { groups } = this.#services.events.limits
    const least = this.#groups === 0 ? 1 : LANES_OF_A_FURTHER_GROUP
    if (this.#gathering || this.#mayMeet || this.#groups === groups || this.#ready.length < least) return
    this.#gathering = true
    this.#gather(MOST_ROUNDS)
  }

  /**
   * Waits as long as further commands come in with every round of the event loop, up to a limit: a durable write costs
   * as much as ten requests, so requests that are arriving had better share it.
   */
  #gather(rounds: number): void {
    const before = this.#submitted
    this.#services.clock.soon(() => {
      if (this.#submitted > before && rounds > 0) return this.#gather(rounds - 1)
      this.#gathering = false
      const mayMeet = this.#ready.some(({ queue }) => queue.some(({ references }) => references.length > 0))
      if (!mayMeet || this.#groups === 0) void this.#flush(mayMeet)
    })
  }

  /** Decides and appends one group. */
  async #flush(mayMeet: boolean): Promise<void> {
    const lanes = this.#ready.splice(0, this.#lanesInAGroup())
    const { decided, batches, passedOver } = this.#decideGroup(lanes, mayMeet)
    this.#groups += 1
    this.#mayMeet = mayMeet
    this.#goOn()
    try {
      const results = await this.#append(batches)
      for (let index = 0; index < decided.length; index += 1) {
        this.#conclude(decided[index] as Lane, batches[index] as Batch, results[index] as AppendResult)
      }
    } catch (error) {
      this.#failGroup(batches, error)
    }
    this.#groups -= 1
    this.#mayMeet = false
    for (const lane of lanes) if (!passedOver.has(lane)) this.#release(lane)
    this.#ready.unshift(...passedOver)
    this.#goOn()
  }

  /** What is there is shared among the groups that can still be begun, as long as each has enough. */
  #lanesInAGroup(): number {
    const { groups } = this.#services.events.limits
    const share = Math.ceil(this.#ready.length / (groups - this.#groups))
    return Math.min(LANES_IN_A_GROUP, Math.max(share, LANES_OF_A_FURTHER_GROUP))
  }

  #append(batches: readonly Batch[]): Promise<AppendResult[]> {
    const { events, telemetry } = this.#services
    const group = batches.map(({ append }) => append)
    if (!telemetry) return events.append(group)
    const causes = batches.flatMap(({ tasks }) => tasks.map(({ metadata }) => metadata.traceparent))
    return telemetry.append(group, causes, () => events.append(group))
  }

  /** Whoever is passed over comes first in the next group, so that nobody waits for ever. */
  #decideGroup(lanes: readonly Lane[], mayMeet: boolean): DecidedGroup {
    const at = new Date(this.#services.clock.now()).toISOString()
    const decided: Lane[] = []
    const batches: Batch[] = []
    const passedOver = new Set<Lane>()
    const written = new Set<string>()
    for (const lane of lanes) {
      const stateOf = (stream: string) => (written.has(stream) ? undefined : this.#newestState(lane, stream))
      const batch = decideBatch(lane.queue, at, stateOf, this.#batchServices)
      if (batch.tasks.length > 0) {
        decided.push(lane)
        batches.push(batch)
      } else if (streamsOf(lane.queue[0]).some((stream) => written.has(stream))) passedOver.add(lane)
      if (mayMeet) for (const stream of batch.written()) written.add(stream)
    }
    return { decided, batches, passedOver }
  }

  #newestState(lane: Lane, stream: string): VersionedState | undefined {
    if (lane.fresh && stream === lane.stream) return lane.fresh
    const cached = this.#services.states.cached(stream)
    const loaded = lane.loaded?.get(stream)
    if (!cached || !loaded) return cached ?? loaded
    return cached.version > loaded.version ? cached : loaded
  }

  #conclude(lane: Lane, batch: Batch, result: AppendResult): void {
    if (result.outcome === 'appended') return batch.settle(result)
    if (batch.mayBeSpoilt) this.#forget(batch)
    else for (const { stream } of batch.append.streams) this.#services.states.overtaken(stream)
    const again =
      result.outcome === 'duplicate'
        ? withoutDuplicate(batch.tasks, result.commandId)
        : batch.tasks.filter((task) => !hasLost(task, result.stream))
    lane.lost = result.outcome === 'conflict'
    lane.queue.unshift(...again)
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

  #release(lane: Lane): void {
    const { lost, queue } = lane
    lane.busy = false
    lane.lost = false
    lane.fresh = undefined
    lane.loaded = undefined
    lane.unloadable = undefined
    const [next] = queue
    if (!next) return this.#close(lane)
    if (lost && next.attempts >= PATIENT_ATTEMPTS) this.#backOff(lane, next.attempts)
    else this.#prepare(lane)
  }

  /** It may be that nothing but this keeps the process from ending. */
  #backOff(lane: Lane, attempts: number): void {
    const { clock, identity } = this.#services
    const longest = Math.min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** attempts)
    const end = clock.stayAlive()
    lane.busy = true
    clock.after(identity.random() * longest, () => {
      end()
      this.#prepare(lane)
    })
  }

  #close(lane: Lane): void {
    this.#lanes.delete(lane.stream)
    if (this.#lanes.size === 0) for (const resolve of this.#drained.splice(0)) resolve()
  }
}
