import type { Problem } from '../problems/problem.ts'
import { type ErrorAnswer, problemError } from './errors.ts'

/** A request that is refused before anything is executed. */
export class Refusal {
  readonly status: number
  readonly code: string
  readonly errors: readonly ErrorAnswer[]
  /** Whether HTTP was right, and what is wrong is GraphQL's: the document, the operation or its variables. */
  readonly isOfGraphql: boolean
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, code: string, errors: readonly ErrorAnswer[], isOfGraphql = true, headers = {}) {
    this.status = status
    this.code = code
    this.errors = errors
    this.isOfGraphql = isOfGraphql
    this.headers = headers
  }

  /** What HTTP cannot take. */
  static of(occurred: Problem, requestId: string): Refusal {
    const { status, code, occurrence } = occurred
    return new Refusal(status, code, [problemError(occurred, requestId)], false, occurrence.headers)
  }
}
