import type { AnyPolicy, Implementations, Services } from '../definitions/index.ts'
import type { Cancel, Clock, Position } from '../ports/index.ts'
import { messageOf, stopping, UnavailableError } from './errors.ts'
import { FencedError } from './policy-insistence.ts'
import { type PolicyServices, PolicySession } from './policy-session.ts'
import type { Prerequisite } from './readiness.ts'

/** When another process has taken over, this one waits so long before it tries: two should not take turns at once. */
const PAUSE = 5000

/**
 * Keeps a policy at work for as long as the application runs: when another process takes over, it stands by, and goes on
 * when it can.
 */
export class PolicyRunner implements Prerequisite {
  readonly policy: AnyPolicy
  readonly clock: Clock
  readonly #services: PolicyServices
  readonly #implementations: Implementations<Services>
  #session: PolicySession | undefined
  #opening: Promise<void> = Promise.resolve()
  #error: string | undefined
  /** Another process keeps the policy. */
  #standsBy = false
  #isStopped = false
  #hasRetried = false
  #cancelPause: Cancel = () => {}
  /** Who is called back at the next progress. */
  readonly #watchers = new Set<() => void>()
  /** Commands of sessions that have ended. */
  #executedBefore = 0

  constructor(policy: AnyPolicy, implementations: Implementations<Services>, services: PolicyServices) {
    this.policy = policy
    this.clock = services.clock
    this.#implementations = implementations
    this.#services = services
  }

  /**
   * Takes the lease and begins to follow the feed. What is parked is tried once more: it may have been mended.
   *
   * @throws what the store fails with
   */
  async start(): Promise<void> {
    try {
      await this.#open()
    } catch (error) {
      // Then it stands by.
      if (!(error instanceof FencedError)) throw error
    }
  }

  /** Looks at the feed now. */
  wake(): void {
    this.#session?.wake()
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#cancelPause()
    await this.#opening
    try {
      await this.#session?.stop()
    } catch (error) {
      const fields = { err: error, policy: this.policy.name }
      this.#services.logger.warn(fields, 'a policy could not save its progress: some events will be handled again')
    }
    this.#session = undefined
    this.#tellWatchers()
  }

  /** Why it does not go on, if so. */
  get trouble(): string | undefined {
    return this.#error ?? this.#session?.trouble
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

  /** @throws UnavailableError while another process keeps the policy, or the application is stopping */
  get sessionAtWork(): PolicySession {
    if (this.#session) return this.#session
    throw new UnavailableError(`The policy '${this.policy.name}' is not at work in this process`)
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
      await new Promise<void>((resolve) => this.#watchers.add(resolve))
    }
  }

  async #hasSettled(position: Position): Promise<boolean> {
    if (!this.#session?.hasSettled(position)) return false
    try {
      await this.#session.store.flush()
      return true
    } catch (error) {
      if (error instanceof FencedError) return false
      throw error
    }
  }

  async #open(): Promise<void> {
    const { policy } = this
    let session: PolicySession | undefined
    // A session that has ended may still finish something: what becomes of that is nothing to the one that followed it.
    const isCurrent = () => session === this.#session
    session = await PolicySession.open({
      ...this.#services,
      policy,
      implementations: this.#implementations,
      onProgress: () => this.#tellWatchers(),
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

  #standBy(): void {
    const { name } = this.policy
    this.#forgetSession()
    this.#standsBy = true
    this.#error = `another process keeps '${name}'`
    this.#services.logger.warn({ policy: name }, 'another process has taken over a policy; this one stands by')
    this.#openLater()
  }

  #forgetSession(): void {
    this.#executedBefore = this.executed
    this.#session = undefined
  }

  #openLater(): void {
    if (this.#isStopped) return
    this.#cancelPause = this.#services.clock.after(PAUSE, () => {
      this.#opening = this.#open().catch((error: unknown) => {
        if (!(error instanceof FencedError)) this.#failed(error)
      })
    })
  }

  #failed(error: unknown): void {
    this.#forgetSession()
    this.#standsBy = false
    this.#error = messageOf(error)
    const fields = { err: error, policy: this.policy.name }
    this.#services.logger.error(fields, 'a policy could not go on and will try again')
    this.#openLater()
  }

  #tellWatchers(): void {
    const watchers = [...this.#watchers]
    this.#watchers.clear()
    for (const onProgress of watchers) onProgress()
  }
}
