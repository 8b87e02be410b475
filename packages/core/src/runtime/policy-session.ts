import type { AnyPolicy, App, Implementations, Services } from '../definitions/index.ts'
import type { Cancel, Clock, Engine, Identity, Logger, Position } from '../ports/index.ts'
import type { BegunWork } from './begun-work.ts'
import type { Commands } from './commands.ts'
import { stopping } from './errors.ts'
import type { NextDue } from './on-demand.ts'
import { PolicyEvents } from './policy-events.ts'
import { PolicyFollower } from './policy-follower.ts'
import { Insistence } from './policy-insistence.ts'
import { PolicyStore } from './policy-store.ts'
import { PolicyWorkers } from './policy-workers.ts'
import { Reactions } from './reaction.ts'
import { HandlerCalls } from './reaction-call.ts'
import { IssuedCommands } from './reaction-commands.ts'
import type { ConsumerTelemetry } from './telemetry-consumers.ts'
import type { TimeLimit } from './time-limit.ts'
import { Timers } from './timers.ts'

export interface PolicyServices {
  readonly app: App
  readonly engine: Engine
  readonly execute: Commands['execute']
  readonly clock: Clock
  readonly identity: Identity
  readonly logger: Logger
  /** Milliseconds. */
  readonly pollInterval: number
  readonly telemetry: ConsumerTelemetry | undefined
}

export interface PolicySessionOptions extends PolicyServices {
  readonly policy: AnyPolicy
  /** How often the same may fail in the store before the session gives up; without end if not given. */
  readonly patience?: number
  /** Notes what is begun: then one thing is done at a time. */
  readonly begun?: BegunWork | undefined
  /** What the policy's services are implemented by. */
  readonly implementations: Implementations<Services>
  /** Something is done. */
  readonly onProgress: () => void
  /** Another process has taken over: the session has ended. */
  readonly onFenced: () => void
  /** Something went wrong that may not: the session has ended. */
  readonly onFailed: (error: unknown) => void
}

/** How long handlers that are under way may take to finish when the application stops, in milliseconds. */
const GRACE = 3000
/** What is due so soon is waited for, in milliseconds. */
const MOMENT = 2000
/** How long timers are held up at most by streams that are still under way when it has caught up, in milliseconds. */
const LONGEST_HOLD = 60_000

/** A policy at work, from taking the lease to losing it or being stopped. */
export class PolicySession {
  readonly store: PolicyStore
  readonly workers: PolicyWorkers
  readonly timers: Timers
  readonly events: PolicyEvents
  readonly #clock: Clock
  readonly #insistence: Insistence
  readonly #calls: HandlerCalls
  readonly #commands: IssuedCommands
  readonly #follower: PolicyFollower
  readonly #onFenced: () => void
  readonly #onFailed: (error: unknown) => void
  #running: Promise<unknown> = Promise.resolve()
  readonly #closing = Promise.withResolvers<void>()
  #isClosed = false

  /** Takes the lease, and stands where the policy was left. */
  static async open(options: PolicySessionOptions): Promise<PolicySession> {
    let session: PolicySession | undefined
    const { clock, logger, patience = Number.POSITIVE_INFINITY } = options
    const onGivenUp = (error: unknown) => {
      if (session) session.#fail(error)
    }
    const insistence = new Insistence(options.policy.name, { clock, logger, patience, onGivenUp })
    const store = await PolicyStore.open(options.policy, {
      engine: options.engine,
      clock: options.clock,
      insistence,
      onScheduled: (due) => session?.timers.scheduled(due),
      onFenced: () => (session ? session.fence() : options.onFenced()),
      onFailed: (error) => {
        if (session) session.#fail(error)
      },
    })
    session = new PolicySession(options, insistence, store)
    return session
  }

  private constructor(options: PolicySessionOptions, insistence: Insistence, store: PolicyStore) {
    const { begun, clock, execute, identity, implementations, logger, onProgress, policy, telemetry } = options
    this.store = store
    this.#clock = clock
    this.#onFenced = options.onFenced
    this.#onFailed = options.onFailed
    this.#insistence = insistence
    this.#calls = new HandlerCalls(clock)
    this.#commands = new IssuedCommands({ policy: policy.name, execute, insistence, logger })
    this.events = new PolicyEvents(policy)
    const reactions = new Reactions({
      policy,
      implementations,
      calls: this.#calls,
      commands: this.#commands,
      telemetry,
    })
    const shared = { policy, store, insistence, begun, clock, identity, logger, onProgress, events: this.events }
    this.workers = new PolicyWorkers({ ...shared, reactions, onFenced: () => this.fence() })
    this.timers = new Timers({ ...shared, app: options.app, commands: this.#commands })
    const { pollInterval } = options
    this.#follower = new PolicyFollower({ ...shared, pollInterval, workers: this.workers })
  }

  /** Why it does not go on, if so. */
  get trouble(): string | undefined {
    return this.#insistence.trouble
  }

  /** How many commands it has executed. */
  get executed(): number {
    return this.#commands.count
  }

  /** @param retriesParked whether what is parked is tried again */
  follow(retriesParked: boolean): void {
    for (const stream of this.store.streams.all()) {
      if (!stream.isParked) this.workers.begin(stream)
      else if (retriesParked) void this.workers.retry(stream)
    }
    const lines = [this.#follower.follow(), this.#fireTimers(retriesParked)]
    this.#running = Promise.all(lines.map((line) => line.catch((error: unknown) => this.#fail(error))))
  }

  /**
   * Does what there is to do, and what is due within a moment; until time is up. Resolves to whether it has come to the end
   * of that, and to what is due next. What is parked is not tried again.
   */
  async drain(limit: TimeLimit): Promise<{ readonly isDone: boolean; readonly next: NextDue | undefined }> {
    for (const stream of this.store.streams.all()) if (!stream.isParked) this.workers.resume(stream)
    const drained = this.#drained(limit)
    const lines = [this.#follower.follow(), drained]
    this.#running = Promise.all(lines.map((line) => line.catch((error: unknown) => this.#fail(error))))
    return Promise.race([drained, limit.over.then(() => ({ isDone: false, next: this.#nextDue(undefined) }))])
  }

  wake(): void {
    this.#follower.wake()
  }

  /** Whether all that was recorded up to a position has been reacted to, as far as it is not parked. */
  hasSettled(position: Position): boolean {
    return (
      this.store.covers(position) && this.store.streams.all().every((stream) => stream.isParked && !stream.isOnTrial)
    )
  }

  /** Finishes what is in hand, if it can be finished soon, and saves what was done. */
  async stop(): Promise<void> {
    this.#close()
    await this.over()
    this.end()
    await this.store.flush()
  }

  /** Resolves when nothing is under way any more, if that ends soon. Nothing is begun. */
  async over(): Promise<void> {
    await this.#atMost(GRACE, Promise.all([this.workers.close(), this.#running]))
  }

  /** Another process is known to have taken over. */
  fence(): void {
    this.end()
    this.#onFenced()
  }

  /** From now on nothing that it does counts any more. */
  end(): void {
    this.#close()
    this.workers.end()
    this.store.close()
    for (const stream of this.store.streams.all()) stream.abandon(stopping())
  }

  #close(): void {
    this.#isClosed = true
    this.#closing.resolve()
    this.#follower.close()
    this.timers.close()
    this.#calls.abort(stopping())
    this.#insistence.end()
  }

  /** What was recorded while nobody was there may cancel a timer that is due: it has its turn before any fires. */
  async #fireTimers(retriesDead: boolean): Promise<void> {
    await this.#follower.caughtUp
    await this.#atMost(LONGEST_HOLD, this.workers.tried())
    if (this.#isClosed) return
    await Promise.all([this.timers.follow(), ...(retriesDead ? [this.timers.dead.retryAll()] : [])])
  }

  async #drained(limit: TimeLimit): Promise<{ readonly isDone: boolean; readonly next: NextDue | undefined }> {
    await this.#follower.caughtUp
    const half = (limit.deadline - this.#clock.now()) / 2
    await this.#atMost(Math.min(LONGEST_HOLD, half), this.workers.tried())
    // Streams that take all the time there is do not hold up timers for ever.
    if (this.workers.isTrying) await this.timers.fireDue()
    for (;;) {
      await this.workers.tried()
      // What was scheduled just now may be due next.
      await this.store.flush()
      const timer = await this.timers.fireDue()
      if (this.#isClosed) return { isDone: false, next: undefined }
      const soonest = Math.min(timer, this.workers.nextAttempt ?? Number.POSITIVE_INFINITY)
      if (soonest > Math.min(limit.deadline, this.#clock.now() + MOMENT))
        return { isDone: true, next: this.#nextDue(timer) }
      await Promise.race([limit.until(soonest), this.#closing.promise])
    }
  }

  #nextDue(timer = Number.POSITIVE_INFINITY): NextDue | undefined {
    const retry = this.workers.nextAttemptStored ?? Number.POSITIVE_INFINITY
    const at = Math.min(timer, retry)
    return Number.isFinite(at) ? { kind: retry < timer ? 'retry' : 'timer', at } : undefined
  }

  /** What is thrown because the session ends is told to whoever ended it. */
  #fail(error: unknown): void {
    if (this.#isClosed) return
    this.end()
    this.#onFailed(error)
  }

  async #atMost(milliseconds: number, work: Promise<unknown>): Promise<void> {
    let cancel: Cancel = () => {}
    const time = new Promise<void>((resolve) => {
      cancel = this.#clock.after(milliseconds, resolve)
    })
    await Promise.race([work, time])
    cancel()
  }
}
