import type { ProblemError } from 'weir/client'
import { coffee, type Fulfilment } from '../lib/apis.ts'
import { Submission, wordsOf } from '../lib/submission.svelte.ts'
import { toasts } from '../lib/toasts.svelte.ts'

export type Outcome = 'FULFILMENT_COMPLETED' | 'FULFILMENT_REJECTED'

/** How far a decision has come: `late` when nothing has answered for some seconds. */
export type Saving = 'saving' | 'late' | 'saved'

/** A fulfilment as it will be when what was decided of it is saved. */
export interface Decided {
  readonly fulfilment: Fulfilment
  readonly saving: Saving
}

/** How long an answer may take before that is told, in milliseconds. */
const PATIENCE = 4000

/**
 * What the barista has just decided. The board shows it at once, and that it is being saved, until the server shows what
 * became of it; it is taken back when the server refuses.
 */
export class Decisions {
  #made: ReadonlyMap<string, Decided> = $state.raw(new Map())

  /** Whether one of them has been waiting for an answer for long. */
  get areLate(): boolean {
    return [...this.#made.values()].some(({ saving }) => saving === 'late')
  }

  /** Those of the open ones of which nothing is decided yet. */
  undecided(open: readonly Fulfilment[], closed: readonly Fulfilment[]): readonly Fulfilment[] {
    const ids = new Set(closed.map(({ id }) => id))
    return open.filter(({ id }) => !this.#made.has(id) && !ids.has(id))
  }

  /** What was decided here and is not among the closed ones yet, then those. */
  before(closed: readonly Fulfilment[]): readonly Decided[] {
    const ids = new Set(closed.map(({ id }) => id))
    const mine = [...this.#made.values()].filter(({ fulfilment: { id } }) => !ids.has(id))
    return [...mine.toReversed(), ...closed.map((fulfilment) => ({ fulfilment, saving: 'saved' as const }))]
  }

  /** The server tells of these: what was decided of them need not be known here any longer. */
  settle(closed: readonly Fulfilment[]): void {
    const ids = new Set(closed.map(({ id }) => id))
    this.#made = new Map([...this.#made].filter(([id, { saving }]) => saving !== 'saved' || !ids.has(id)))
  }

  async make(fulfilment: Fulfilment, status: Outcome, note: string | null): Promise<void> {
    const { id, customerName, coffee: coffeeOf } = fulfilment
    const what = `${coffeeOf.name} for ${customerName}`
    const put = (saving: Saving) => this.#put({ fulfilment: { ...fulfilment, status, note }, saving })
    put('saving')
    const late = setTimeout(() => put('late'), PATIENCE)
    const submission = new Submission()
    await submission.send(() => coffee.patch('/fulfilment/:id', { id, status, note }))
    clearTimeout(late)
    if (submission.problem) return this.#takeBack(id, what, submission.problem)
    put('saved')
    toasts.say(`${what}: ${status === 'FULFILMENT_COMPLETED' ? 'done' : 'rejected'}.`)
  }

  #put(decided: Decided): void {
    this.#made = new Map([...this.#made, [decided.fulfilment.id, decided]])
  }

  #takeBack(id: string, what: string, problem: ProblemError): void {
    this.#made = new Map([...this.#made].filter(([made]) => made !== id))
    toasts.warn(`${what} is back on the board: ${wordsOf(problem)}`)
  }
}
