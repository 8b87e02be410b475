import { fromStore } from './errors.ts'
import type { PolicyStatus, TimerStatus } from './operations.ts'
import type { OperatedPolicy } from './operations-of.ts'
import { PolicyLetters } from './policy-letters.ts'
import type { PolicyRunner } from './policy-runner.ts'
import type { PolicyStore } from './policy-store.ts'
import { waitingTimers } from './timers.ts'
import type { Timer } from './timers-stored.ts'

const MOST_COUNTED = 10_000

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
    const parked = store.streams.parked().length
    const pending = store.streams.all().length - parked
    const { done, total } = await fromStore(store.progress())
    return { name, error, pending, parked, lag: total - done, timers: await fromStore(countTimers(store)) }
  }

  /** Those that are due next, at most a thousand. */
  async timers(): Promise<TimerStatus[]> {
    const { session } = this.#runner
    if (!session) return []
    const { timers } = await fromStore(waitingTimers(session.store))
    return timers.map((timer) => timerStatus(this.name, timer))
  }
}

/** Exact up to ten thousand: more are not counted, since people look at this again and again. */
async function countTimers(store: PolicyStore): Promise<number> {
  let count = 0
  for (let page = await waitingTimers(store); ; page = await waitingTimers(store, page.timers.at(-1))) {
    count += page.timers.length
    if (!page.more || count >= MOST_COUNTED) return count
  }
}

function timerStatus(policy: string, { key, due, command, stream, version }: Timer): TimerStatus {
  const { aggregate, name, id: aggregateId } = command
  const at = new Date(Number(due)).toISOString()
  return { policy, key, due: at, command: `${aggregate}.${name}`, aggregateId, stream, version }
}
