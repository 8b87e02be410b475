import { BegunWork } from './begun-work.ts'
import { FencedError, fromStore } from './errors.ts'
import type { NotesServices } from './notes-record.ts'
import type { Reacted } from './on-demand.ts'
import { modelOf } from './policy-models.ts'
import type { PolicySession } from './policy-session.ts'
import type { TimeLimit } from './time-limit.ts'
import { Turns } from './turns.ts'
import { unlessTaken } from './unless-taken.ts'

/** Opens a session that gives up when the store goes on failing. */
type OpenSession = (outcome: SessionOutcome & { readonly begun: BegunWork | undefined }) => Promise<PolicySession>

export interface PolicyOnCallServices extends NotesServices {
  readonly policy: { readonly name: string }
  readonly open: OpenSession
}

/** Who has to know how a session ended that was not stopped. */
export interface SessionOutcome {
  readonly onFenced: () => void
  readonly onFailed: (error: unknown) => void
}

/** Lets a policy react when it is called to. In one process calls go one after the other; elsewhere leases decide (G5). */
export class PolicyOnCall {
  readonly #services: PolicyOnCallServices
  readonly #turns = new Turns()

  constructor(services: PolicyOnCallServices) {
    this.#services = services
  }

  /** @param most how often something may be begun and not end before it is parked, if one thing at a time is to be done */
  react(limit: TimeLimit, most?: number): Promise<Reacted> {
    return this.#turns.take(async () => {
      const reacted = await fromStore(unlessTaken(() => this.#reactIfInTime(limit, most)))
      return reacted === 'taken' ? { outcome: reacted, next: undefined } : reacted
    })
  }

  async #reactIfInTime(limit: TimeLimit, most: number | undefined): Promise<Reacted> {
    if (limit.isOver) return { outcome: 'more', next: undefined }
    return most === undefined ? this.#react(limit) : this.#reactCarefully(limit, most)
  }

  async #reactCarefully(limit: TimeLimit, most: number): Promise<Reacted> {
    const partition = { model: modelOf(this.#services.policy.name), number: 1, partition: 0 }
    const begun = await BegunWork.open({ partition, of: 1, most }, this.#services)
    return this.#react(limit, begun).finally(() => begun.end())
  }

  async #react(limit: TimeLimit, begun?: BegunWork): Promise<Reacted> {
    const ended = Promise.withResolvers<never>()
    ended.promise.catch(() => {})
    const fenced = () => ended.reject(new FencedError('another process keeps the policy'))
    const session = await this.#services.open({ onFenced: fenced, onFailed: ended.reject, begun })
    const drained = Promise.race([session.drain(limit), ended.promise])
    const { isDone, next } = await drained.catch(async (error) => {
      // Nothing goes on behind the back of who is told.
      await session.over()
      throw error
    })
    await session.stop()
    return { outcome: isDone ? 'caught-up' : 'more', next }
  }
}
