import type { AnyPolicy, App } from '../definitions/index.ts'
import type { Clock, Identity, Logger } from '../ports/index.ts'
import { type BegunWork, NEVER_ENDED } from './begun-work.ts'
import { messageOf } from './errors.ts'
import { backoffAfter } from './policy-backoff.ts'
import { Bell } from './policy-bell.ts'
import type { Insistence } from './policy-insistence.ts'
import type { PolicyStore } from './policy-store.ts'
import type { IssuedCommands } from './reaction-commands.ts'
import { DeadTimers } from './timers-dead.ts'
import { byDue } from './timers-list.ts'
import { readTimer, type Timer, timerCommandId, timerMessage } from './timers-stored.ts'

/**
 * Fires the timers of a policy when they are due.
 *
 * 1. (G3) What fires is what was saved: also what became due while no process was there. Who starts it has caught up with
 *    the feed before, so that what was recorded meanwhile could cancel it.
 * 2. (G5) A timer's command has an id of its own: fired again after a crash, it has no second effect. A timer that was
 *    cancelled or replaced before its command is executed does not fire.
 * 3. Those that are due are fired in the order in which they became due; on different aggregates side by side.
 * 4. (G10) A command that fails is tried again after a pause; after the last attempt the timer is kept as a dead letter.
 *    A command that is rejected is done.
 */
export interface TimerServices {
  readonly app: App
  readonly policy: AnyPolicy
  readonly store: PolicyStore
  readonly commands: IssuedCommands
  readonly insistence: Insistence
  /** Notes what is begun: then one command is executed at a time. */
  readonly begun: BegunWork | undefined
  readonly clock: Clock
  readonly identity: Identity
  readonly logger: Logger
}

/**
 * Then the timers are looked at again, in milliseconds: a machine that was asleep, or whose clock was set forward, goes
 * on counting where it was.
 */
const LONGEST_WAIT = 60_000
const FIRED_AT_A_TIME = 100

export class Timers {
  /** Those whose command has failed for good. */
  readonly dead: DeadTimers
  readonly #services: TimerServices
  readonly #bell: Bell
  /** When it looks again by itself. */
  #next = Number.POSITIVE_INFINITY
  #isClosed = false

  constructor(services: TimerServices) {
    this.#services = services
    this.#bell = new Bell(services.clock)
    this.dead = new DeadTimers({ ...services, fire: (timer) => this.#fire(timer) })
  }

  /** A timer has been saved. */
  scheduled(due: number): void {
    if (due < this.#next) this.#bell.ring()
  }

  /** Fires what is due, until it is closed. */
  async follow(): Promise<void> {
    while (!this.#isClosed) {
      this.#next = Number.POSITIVE_INFINITY
      this.#next = await this.fireDue()
      if (!this.#isClosed) await this.#bell.wait(Math.min(LONGEST_WAIT, this.#next - this.#services.clock.now()))
    }
  }

  /** Fires nothing any more. */
  close(): void {
    this.#isClosed = true
    this.dead.close()
    this.#bell.ring()
  }

  /** Fires what is due. Resolves to when the next one is, in milliseconds since the epoch, or infinity. */
  async fireDue(): Promise<number> {
    const { clock, insistence, store } = this.#services
    for (;;) {
      const now = clock.now()
      const due = await insistence.until('timers', () => this.#readDue(now))
      if (due.found === 0) return insistence.until('timers', () => this.#nextDue(now))
      await this.#fireAll(due.timers)
      await store.flush()
      if (this.#isClosed) return now
    }
  }

  /** What is due, and how many were found: some of them may have changed. */
  async #readDue(now: number): Promise<{ readonly found: number; readonly timers: readonly Timer[] }> {
    const { store } = this.#services
    let found = 0
    const timers = await store.timers.read(async () => {
      const { documents } = await store.list(byDue({ field: 'due', operator: 'lte', value: now }, FIRED_AT_A_TIME))
      found = documents.length
      return documents
    })
    return { found, timers }
  }

  async #nextDue(now: number): Promise<number> {
    const next = byDue({ field: 'due', operator: 'gt', value: now }, 1)
    const [first] = (await this.#services.store.list(next)).documents
    return first ? Number(readTimer(first).due) : Number.POSITIVE_INFINITY
  }

  async #fireAll(timers: readonly Timer[]): Promise<void> {
    const targetOf = ({ command: { aggregate, id } }: Timer) => JSON.stringify([aggregate, id])
    const byTarget = Map.groupBy(timers, (timer) => (this.#services.begun ? '' : targetOf(timer)))
    await Promise.all(
      [...byTarget.values()].map(async (line) => {
        for (const timer of line) if (!this.#isClosed) await this.#fire(timer)
      }),
    )
  }

  /** Answers undefined when the timer has changed before anything was known about its command, or nothing counts any more. */
  async #fire(timer: Timer): Promise<'applied' | 'parked' | undefined> {
    const { app, commands, policy, store } = this.#services
    const mayBegin = await this.#mayBegin(timer)
    if (!store.timers.isCurrent(timer)) return undefined
    try {
      if (!mayBegin) throw new Error(NEVER_ENDED)
      await commands.execute(timerMessage(app, timer), timerCommandId(policy.name, timer), timer)
      store.concludeTimer(timer, undefined)
      return 'applied'
    } catch (error) {
      if (this.#isClosed || !store.timers.isCurrent(timer)) return undefined
      store.concludeTimer(timer, this.#failed(mayBegin ? timer : { ...timer, due: null }, error))
      return 'parked'
    }
  }

  /** Notes what is begun, if it has to be, and what was done before. */
  async #mayBegin({ key, stream, version, attempts }: Timer): Promise<boolean> {
    const { begun, insistence, store } = this.#services
    if (!begun) return true
    await store.flush()
    return insistence.until('notes', () => begun.begin({ stream, version, timer: key, attempts }))
  }

  #failed(timer: Timer, error: unknown): Timer {
    const { clock, identity, logger, policy } = this.#services
    const now = clock.now()
    const attempts = timer.attempts + 1
    const isHopeless = timer.due === null || attempts >= policy.attempts
    const due = isHopeless ? null : now + backoffAfter(attempts, identity)
    const message = messageOf(error)
    const fields = { policy: policy.name, timer: timer.key, attempts }
    if (isHopeless) {
      const words = 'the command of a timer has failed. Mend what failed, then retry the timer, or discard it'
      logger.error({ err: error, ...fields }, words)
    } else logger.warn({ ...fields, error: message }, 'the command of a timer failed and is tried again')
    return { ...timer, due, attempts, failedAt: timer.failedAt ?? now, error: message }
  }
}
