import { ProblemError } from 'weir/client'

/** Sending a form, and what the server says to it. */
export class Submission {
  isUnderWay: boolean = $state(false)
  problem: ProblemError | undefined = $state.raw()

  /** What is wrong with a field, in words for who filled it in. */
  faultOf(field: string): string | undefined {
    return this.problem?.errors.find((fault) => fault.field === field)?.message
  }

  /** What is wrong with the whole; undefined when fields say it. */
  get fault(): string | undefined {
    if (!this.problem || this.problem.errors.some(({ field }) => field !== '')) return undefined
    return wordsOf(this.problem)
  }

  /**
   * Sends it, unless that is under way already.
   *
   * @returns what was answered; undefined if it was refused, which `problem` tells
   */
  async send<T>(call: () => Promise<T>): Promise<T | undefined> {
    if (this.isUnderWay) return undefined
    this.isUnderWay = true
    this.problem = undefined
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      this.problem = error
      return undefined
    } finally {
      this.isUnderWay = false
    }
  }
}

/** A problem in one sentence or two. */
export function wordsOf({ title, detail, errors, code }: ProblemError): string {
  if (code === 'unreachable') return 'The server cannot be reached. Nothing was lost: try again in a moment.'
  const what = errors.find(({ field }) => field === '')?.message ?? detail
  return what ? `${title}. ${what}` : `${title}.`
}
