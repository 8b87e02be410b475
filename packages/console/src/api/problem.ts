/** A field of what was sent, and what is wrong with it. */
export interface Fault {
  readonly field: string
  readonly message: string
}

interface ProblemDetails {
  readonly code?: string
  readonly title?: string
  readonly detail?: string
  readonly errors?: readonly Fault[]
  readonly requestId?: string
}

/** What the server answered instead of what was asked for (RFC 9457), or that none answered: status 0. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly status: number
  /** Stable; see the reference of HTTP. */
  readonly code: string
  readonly faults: readonly Fault[]
  /** What to look for in the server's log. */
  readonly requestId: string | undefined

  constructor(status: number, { code = 'unknown', title = '', detail, errors = [], requestId }: ProblemDetails) {
    super([title || `The server answered ${status}`, ...(detail ? [detail] : [])].join(': '))
    this.status = status
    this.code = code
    this.faults = errors
    this.requestId = requestId
  }

  /** Whether the key is not, or not any more, good for anything. */
  get refusesKey(): boolean {
    return this.code === 'operator-key-wrong' || this.code === 'operator-key-missing'
  }
}

/** Of an answer that is not as it should be. */
export async function problemOf(answer: Response): Promise<Problem> {
  try {
    return new Problem(answer.status, (await answer.json()) as ProblemDetails)
  } catch {
    return new Problem(answer.status, { title: `The server answered ${answer.status} ${answer.statusText}`.trim() })
  }
}

/** Of what was thrown. What was given up by the caller stays as it is. */
export function problemFrom(error: unknown): Problem {
  if (error instanceof Problem) return error
  return new Problem(0, { code: 'unreachable', title: 'The server does not answer' })
}
