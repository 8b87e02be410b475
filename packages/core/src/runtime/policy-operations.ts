import { NOT_KEPT } from './division.ts'
import { fromStore } from './errors.ts'
import type { PolicyStatus, TimerStatus } from './operations.ts'
import type { OperatedPolicy } from './operations-of.ts'
import { PolicyLetters } from './policy-letters.ts'
import type { PolicyRunner } from './policy-runner.ts'
import type { StandingStore } from './policy-standing.ts'
import { countTimers, deadTimers, waitingTimers } from './timers-list.ts'
import type { Timer } from './timers-stored.ts'

/** What operators can see of a policy, and do about its dead letters. */
export class PolicyOperations extends PolicyLetters implements OperatedPolicy {
  readonly #runner: PolicyRunner

  constructor(runner: PolicyRunner) {
    super(runner)
    this.#runner = runner
  }

  /** Of a policy that another process keeps, what that one has saved. */
  async status(): Promise<PolicyStatus> {
    const { name } = this
    const { session, trouble, isKept } = this.#runner
    const error = isKept ? trouble : NOT_KEPT
    const store = session?.store ?? (await this.#runner.look())
    const parkedStreams = store.parked().length
    const pending = store.underWay - parkedStreams
    const { done, total } = await fromStore(store.progress())
    const parked = parkedStreams + (await fromStore(countTimers(deadTimers, store)))
    const timers = await fromStore(countTimers(waitingTimers, store))
    return { name, error, pending, parked, lag: total - done, timers }
  }

  async look(): Promise<StandingStore> {
    return this.#runner.session?.store ?? this.#runner.look()
  }

  /** Those that are due next, at most a thousand. */
  async timers(): Promise<TimerStatus[]> {
    const store = this.#runner.session?.store ?? (await this.#runner.look())
    const { timers } = await fromStore(waitingTimers(store))
    return timers.map((timer) => timerStatus(this.name, timer))
  }
}

function timerStatus(policy: string, { key, due, command, stream, version }: Timer): TimerStatus {
  const { aggregate, name, id: aggregateId } = command
  const at = new Date(Number(due)).toISOString()
  return { policy, key, due: at, command: `${aggregate}.${name}`, aggregateId, stream, version }
}
