import { fromStore } from './errors.ts'
import type { PolicyStatus, TimerStatus } from './operations.ts'
import type { OperatedPolicy } from './operations-of.ts'
import { PolicyLetters } from './policy-letters.ts'
import type { PolicyRunner } from './policy-runner.ts'
import { countTimers, deadTimers, waitingTimers } from './timers-list.ts'
import type { Timer } from './timers-stored.ts'

/** What operators can see of a policy, and do about its dead letters. */
export class PolicyOperations extends PolicyLetters implements OperatedPolicy {
  readonly #runner: PolicyRunner

  constructor(runner: PolicyRunner) {
    super(runner)
    this.#runner = runner
  }

  /** Of a policy that another process keeps, little is known here. */
  async status(): Promise<PolicyStatus> {
    const { name } = this
    const { session, trouble: error } = this.#runner
    if (!session) return { name, error, pending: 0, parked: 0, lag: 0, timers: 0 }
    const { store } = session
    const streams = store.streams.parked().length
    const pending = store.streams.all().length - streams
    const { done, total } = await fromStore(store.progress())
    const parked = streams + (await fromStore(countTimers(deadTimers, store)))
    const timers = await fromStore(countTimers(waitingTimers, store))
    return { name, error, pending, parked, lag: total - done, timers }
  }

  /** Those that are due next, at most a thousand. */
  async timers(): Promise<TimerStatus[]> {
    const { session } = this.#runner
    if (!session) return []
    const { timers } = await fromStore(waitingTimers(session.store))
    return timers.map((timer) => timerStatus(this.name, timer))
  }
}

function timerStatus(policy: string, { key, due, command, stream, version }: Timer): TimerStatus {
  const { aggregate, name, id: aggregateId } = command
  const at = new Date(Number(due)).toISOString()
  return { policy, key, due: at, command: `${aggregate}.${name}`, aggregateId, stream, version }
}
