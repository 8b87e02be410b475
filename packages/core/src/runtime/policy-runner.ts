import type { AnyPolicy, Implementations, Services } from '../definitions/index.ts'
import type { Cancel, Clock, DiscardedEvent, Position } from '../ports/index.ts'
import type { Division } from './division.ts'
import { FencedError, fromStore, messageOf, stopping } from './errors.ts'
import { ForeignCommits } from './foreign-commits.ts'
import { PolicyElsewhere } from './policy-elsewhere.ts'
import { PolicyEvents } from './policy-events.ts'
import { modelOf } from './policy-models.ts'
import { PolicyOnCall, type SessionOutcome } from './policy-on-call.ts'
import { type PolicyServices, PolicySession, type PolicySessionOptions } from './policy-session.ts'
import { PolicyStore } from './policy-store.ts'
import type { Prerequisite } from './readiness.ts'
import { policySkill } from './skills.ts'
import { Turns } from './turns.ts'

export interface PolicyRunnerServices extends PolicyServices {
  readonly division: Division
}

/** When another process has taken over, this one waits so long before it tries: two should not take turns at once. */
const PAUSE = 5000
/** The same where processes divide the work: it was taken for a moment, or will soon be known to be another's. */
const PAUSE_OF_DIVIDED = 1000
/** How often the same may fail in the store before a call is given up: about a second and a half. */
const PATIENCE_ON_CALL = 5
/** How often it looks how the policy stands that another process keeps, in milliseconds. */
const LOOK_EVERY = 50

/**
 * Keeps a policy at work for as long as the application runs and it falls to this process: when another process takes over,
 * it stands by, and goes on when it can.
 */
export class PolicyRunner implements Prerequisite {
  readonly policy: AnyPolicy
  readonly clock: Clock
  /** What is done when it is called for. */
  readonly onCall: PolicyOnCall
  readonly #services: PolicyRunnerServices
  readonly #implementations: Implementations<Services>
  readonly #turns = new Turns()
  readonly #foreign: ForeignCommits
  #session: PolicySession | undefined
  #error: string | undefined
  /** Another process keeps the policy. */
  #standsBy = false
  #isStopped = false
  #hasRetried = false
  /** When it has failed or was fenced: the time until it is tried again. */
  #isPausing = false
  #cancelPause: Cancel = () => {}
  /** Who is called back at the next progress. */
  readonly #watchers = new Set<() => void>()
  /** Commands of sessions that have ended. */
  #executedBefore = 0

  constructor(policy: AnyPolicy, implementations: Implementations<Services>, services: PolicyRunnerServices) {
    this.policy = policy
    this.clock = services.clock
    this.#implementations = implementations
    this.#services = services
    const events = new PolicyEvents(policy)
    this.#foreign = new ForeignCommits(services.engine.events, (stream) => events.isFedBy(stream))
    this.onCall = new PolicyOnCall({
      policy,
      readModels: services.engine.readModels,
      now: () => services.clock.now(),
      open: (options) => this.#newSession({ patience: PATIENCE_ON_CALL, ...options }),
    })
  }

  /**
   * Takes the lease and begins to follow the feed, if it falls to this process. What is parked is tried once more: it may
   * have been mended. From then on nothing that is recorded is missed, whoever keeps the policy.
   *
   * @throws what the store fails with
   */
  async start(): Promise<void> {
    if (!this.#isMine) return this.introduce()
    try {
      await this.#turns.take(() => this.#open())
    } catch (error) {
      // Then it stands by.
      if (!(error instanceof FencedError)) throw error
    }
  }

  /** Makes it known in the store: if it is new, what is recorded from now on is its business. */
  introduce(): Promise<void> {
    return PolicyStore.introduce(this.policy, this.#services)
  }

  /** Looks at the feed now. */
  wake(): void {
    this.#session?.wake()
  }

  /** Takes up what falls to this process now, leaves what does not, and finds out whether another has been at it. */
  divided(): void {
    void this.#turns.take(() => this.#followDivision()).catch((error: unknown) => this.#failed(error))
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#cancelPause()
    await this.#turns.over()
    await this.#leave()
    this.#tellWatchers()
  }

  /** Why it does not go on, if so. */
  get trouble(): string | undefined {
    return this.#error ?? this.#session?.trouble
  }

  /** Whether any process is there that can keep it. */
  get isKept(): boolean {
    return this.#services.division.isKept(policySkill(this.policy))
  }

  /** A process that stands by can serve requests: another one reacts to what it records. */
  reasonNotReady(): string | undefined {
    if (this.#standsBy || this.trouble === undefined) return undefined
    return `policy '${this.policy.name}' cannot go on; see the log`
  }

  /** How many commands it has executed in this process. */
  get executed(): number {
    return this.#executedBefore + (this.#session?.executed ?? 0)
  }

  /** Undefined while another process keeps the policy. */
  get session(): PolicySession | undefined {
    return this.#session
  }

  /** How the policy stands in the store. */
  look(): Promise<PolicyElsewhere> {
    return fromStore(PolicyElsewhere.look(this.policy.name, { engine: this.#services.engine, foreign: this.#foreign }))
  }

  /** Events and timers that were given up. */
  loadDiscarded(): Promise<DiscardedEvent[]> {
    return this.#services.engine.readModels.loadDiscarded(modelOf(this.policy.name))
  }

  /**
   * Does work with the policy's session. When another process keeps the policy, it is taken from it for that long.
   *
   * @throws UnavailableError when the store fails, or the application is stopping
   */
  async withSession<T>(work: (session: PolicySession) => Promise<T>): Promise<T> {
    if (this.#session) return work(this.#session)
    if (this.#isStopped) throw stopping()
    const session = await fromStore(this.#newSession({ onFenced: () => {}, onFailed: () => {} }))
    try {
      return await work(session)
    } finally {
      await session.stop().catch(() => {})
    }
  }

  /**
   * Resolves when all that was recorded up to a position has been reacted to and that is saved, as far as it is not
   * parked.
   *
   * @throws UnavailableError when the application is stopping
   */
  async settle(position: Position): Promise<void> {
    this.wake()
    while (!(await this.#hasSettled(position))) {
      if (this.#isStopped) throw stopping()
      await this.#progress()
    }
  }

  get #isMine(): boolean {
    return this.#services.division.isMine(policySkill(this.policy))
  }

  /** What another process does is not told: it has to be looked at. */
  #progress(): Promise<void> {
    return new Promise<void>((resolve) => {
      this.#watchers.add(resolve)
      if (!this.#session && !this.#isMine) this.clock.after(LOOK_EVERY, resolve)
    })
  }

  async #hasSettled(position: Position): Promise<boolean> {
    if (!this.#session && !this.#isMine) return fromStore((await this.look()).hasSettled(position))
    if (!this.#session?.hasSettled(position)) return false
    try {
      await this.#session.store.flush()
      return true
    } catch (error) {
      if (error instanceof FencedError) return false
      throw error
    }
  }

  async #followDivision(): Promise<void> {
    if (this.#isStopped) return
    if (!this.#isMine) return this.#leave()
    if (!this.#session) return this.#isPausing ? undefined : this.#open()
    const { lease } = await this.look()
    if (this.#session && lease > this.#session.store.lease) this.#session.fence()
  }

  /** Lets another process have it; what is in hand is finished first. */
  async #leave(): Promise<void> {
    const session = this.#session
    if (!session) return
    this.#forgetSession()
    try {
      await session.stop()
    } catch (error) {
      const fields = { err: error, policy: this.policy.name }
      this.#services.logger.warn(fields, 'a policy could not save its progress: some events will be handled again')
    }
    this.#tellWatchers()
  }

  async #open(): Promise<void> {
    let session: PolicySession | undefined
    // A session that has ended may still finish something: what becomes of that is nothing to the one that followed it.
    const isCurrent = () => session === this.#session
    session = await this.#newSession({
      onFenced: () => isCurrent() && this.#standBy(),
      onFailed: (error) => isCurrent() && this.#failed(error),
    })
    if (this.#isStopped) return session.end()
    this.#session = session
    this.#error = undefined
    this.#standsBy = false
    session.follow(!this.#hasRetried)
    this.#hasRetried = true
  }

  #newSession(options: SessionOutcome & Pick<PolicySessionOptions, 'begun' | 'patience'>): Promise<PolicySession> {
    return PolicySession.open({
      ...this.#services,
      policy: this.policy,
      implementations: this.#implementations,
      onProgress: () => this.#tellWatchers(),
      ...options,
    })
  }

  #standBy(): void {
    const { name } = this.policy
    const { division, logger } = this.#services
    this.#forgetSession()
    this.#standsBy = true
    this.#error = `another process keeps '${name}'`
    logger.warn({ policy: name }, 'another process has taken over a policy; this one stands by')
    this.#openIn(division.isDivided ? PAUSE_OF_DIVIDED : PAUSE)
  }

  #forgetSession(): void {
    this.#executedBefore = this.executed
    this.#session = undefined
  }

  #openIn(milliseconds: number): void {
    if (this.#isStopped) return
    this.#isPausing = true
    this.#cancelPause = this.clock.after(milliseconds, () => {
      this.#isPausing = false
      void this.#turns.take(() => this.#openAgain())
    })
  }

  async #openAgain(): Promise<void> {
    if (this.#session || this.#isStopped || !this.#isMine) return
    try {
      await this.#open()
    } catch (error) {
      if (!(error instanceof FencedError)) this.#failed(error)
    }
  }

  #failed(error: unknown): void {
    this.#forgetSession()
    this.#standsBy = false
    this.#error = messageOf(error)
    const fields = { err: error, policy: this.policy.name }
    this.#services.logger.error(fields, 'a policy could not go on and will try again')
    this.#openIn(PAUSE)
  }

  #tellWatchers(): void {
    const watchers = [...this.#watchers]
    this.#watchers.clear()
    for (const onProgress of watchers) onProgress()
  }
}
