import { fromStore } from './errors.ts'
import type { Reacted } from './on-demand.ts'
import { FencedError } from './policy-insistence.ts'
import type { PolicySession } from './policy-session.ts'
import type { TimeLimit } from './time-limit.ts'
import { Turns } from './turns.ts'

/** Opens a session that gives up when the store goes on failing. */
export type OpenSession = (outcome: SessionOutcome) => Promise<PolicySession>

/** Who has to know how a session ended that was not stopped. */
export interface SessionOutcome {
  readonly onFenced: () => void
  readonly onFailed: (error: unknown) => void
}

/** An operator takes a policy for a moment only: so it is taken back once, and left to whoever takes it again. */
const ATTEMPTS = 2

/** Lets a policy react when it is called to. In one process calls go one after the other; elsewhere leases decide (G5). */
export class PolicyOnCall {
  readonly #open: OpenSession
  readonly #turns = new Turns()

  constructor(open: OpenSession) {
    this.#open = open
  }

  react(limit: TimeLimit): Promise<Reacted> {
    return this.#turns.take(() => fromStore(this.#insist(limit)))
  }

  async #insist(limit: TimeLimit): Promise<Reacted> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        if (limit.isOver) return { outcome: 'more', next: undefined }
        return await this.#react(limit)
      } catch (error) {
        if (!(error instanceof FencedError)) throw error
        if (attempt === ATTEMPTS) return { outcome: 'taken', next: undefined }
      }
    }
  }

  async #react(limit: TimeLimit): Promise<Reacted> {
    const ended = Promise.withResolvers<never>()
    ended.promise.catch(() => {})
    const fenced = () => ended.reject(new FencedError('another process keeps the policy'))
    const session = await this.#open({ onFenced: fenced, onFailed: ended.reject })
    const { isDone, next } = await Promise.race([session.drain(limit), ended.promise])
    await session.stop()
    return { outcome: isDone ? 'caught-up' : 'more', next }
  }
}
