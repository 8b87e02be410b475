import type { ProblemError } from 'weir/client'
import { coffee, type Fulfilment } from '../lib/apis.ts'
import { Submission, wordsOf } from '../lib/submission.svelte.ts'
import { toasts } from '../lib/toasts.svelte.ts'

export type Outcome = 'FULFILMENT_COMPLETED' | 'FULFILMENT_REJECTED'

/**
 * What the barista has just decided. The board shows it at once, until the server shows what became of it; it is taken back
 * when the server refuses.
 */
export class Decisions {
  #made: ReadonlyMap<string, Outcome> = $state.raw(new Map())

  /** Fulfilments as they will be when all decisions have been taken. */
  appliedTo(fulfilments: readonly Fulfilment[]): readonly Fulfilment[] {
    return fulfilments.map((fulfilment) => {
      const status = this.#made.get(fulfilment.id)
      return status && fulfilment.status === 'FULFILMENT_CREATED' ? { ...fulfilment, status } : fulfilment
    })
  }

  async make({ id, customerName, coffee: { name } }: Fulfilment, status: Outcome, note: string | null): Promise<void> {
    this.#made = new Map([...this.#made, [id, status]])
    const submission = new Submission()
    await submission.send(() => coffee.patch('/fulfilment/:id', { id, status, note }))
    if (submission.problem) this.#takeBack(id, `${name} for ${customerName}`, submission.problem)
    else toasts.say(`${name} for ${customerName}: ${status === 'FULFILMENT_COMPLETED' ? 'done' : 'rejected'}.`)
  }

  #takeBack(id: string, what: string, problem: ProblemError): void {
    this.#made = new Map([...this.#made].filter(([made]) => made !== id))
    toasts.warn(`${what} is back on the board: ${wordsOf(problem)}`)
  }
}
