/** A field or parameter that is wrong. */
export interface FieldProblem {
  /** `buyer.email` is a path; empty is the whole input. */
  readonly field: string
  readonly message: string
}

/**
 * The server said no, with the reasons (RFC 9457), or could not be reached.
 *
 * @example
 * try {
 *   await api.post('/tickets', { concertId, customerName, customerEmail })
 * } catch (error) {
 *   if (error instanceof ProblemError && error.code === 'sold-out') show('All gone')
 *   else throw error
 * }
 */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  /**
   * Stable, to branch on. Of the client itself: `unreachable` when the network failed, `unexpected-answer` when something
   * else answers at this address, `http-502` (by status) for a refusal without a problem document.
   */
  readonly code: string
  /** Of the answer; 0 when there was none. */
  readonly status: number
  readonly title: string
  /** What was wrong this time, if there is more to say. */
  readonly detail: string | undefined
  /** Each field or parameter that is wrong. */
  readonly errors: readonly FieldProblem[]
  /** What to look for in the server's log. */
  readonly requestId: string | undefined
  /** Seconds after which the server wants to be asked again, if that may help. */
  readonly retryAfter: number | undefined

  constructor(problem: ProblemMembers, cause?: unknown) {
    const { code, status, title, detail, errors = [], requestId, retryAfter } = problem
    super(detail ? `${title}: ${detail}` : title, { cause })
    this.code = code
    this.status = status
    this.title = title
    this.detail = detail
    this.errors = errors
    this.requestId = requestId
    this.retryAfter = retryAfter
  }

  /** Whether the same request may succeed when it is sent again. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 504 || this.retryAfter !== undefined
  }
}

interface ProblemMembers extends Pick<ProblemError, 'code' | 'status' | 'title'> {
  readonly detail?: string | undefined
  readonly errors?: readonly FieldProblem[]
  readonly requestId?: string | undefined
  readonly retryAfter?: number | undefined
}

/** Reads the problem out of an answer that is not one of success. */
export function problemOf(answer: Response, text: string): ProblemError {
  const { status, statusText, headers } = answer
  const seconds = headers.get('retry-after')
  const told = { code: `http-${status}`, title: statusText || `The server answered ${status}`, ...membersIn(text) }
  return new ProblemError({ ...told, status, retryAfter: seconds === null ? undefined : Number(seconds) || 1 })
}

function membersIn(text: string): Partial<ProblemMembers> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && 'code' in value ? (value as ProblemMembers) : {}
  } catch {
    return {}
  }
}

/** Something answered that is no application. */
export function unexpected({ status, url }: Response): ProblemError {
  const detail = `Is there an application at ${url}?`
  return new ProblemError({
    code: 'unexpected-answer',
    status,
    title: 'This is not the answer of an application',
    detail,
  })
}

/** A header that no request can carry, such as a key with letters that are not of ASCII. */
export function unsendable(cause: unknown): ProblemError {
  return new ProblemError(
    { code: 'unsendable', status: 400, title: 'A header cannot be sent', detail: String(cause) },
    cause,
  )
}

/** The server was not reached, or was lost before its answer was complete. */
export function unreachable(cause: unknown): ProblemError {
  return new ProblemError({ code: 'unreachable', status: 0, title: 'The server cannot be reached' }, cause)
}
