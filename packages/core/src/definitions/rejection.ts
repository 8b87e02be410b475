/** A business "no": a value that `decide` returns. Nothing was changed. */
export interface Rejection {
  readonly kind: 'rejection'
  /** Stable, kebab-case; callers may branch on it. */
  readonly code: string
  /** One sentence for people. */
  readonly title: string
  /** HTTP status that the rejection answers with, 400 to 499. */
  readonly status: number
  readonly detail: string | undefined
}

/**
 * Says no to a command.
 *
 * @param code stable name, such as `sold-out`; becomes the problem's `type`
 * @param title one sentence for people
 * @param options `status`: the HTTP status, 409 if not given; `detail`: what was special in this case
 * @throws RangeError for any other status
 * @example
 * if (state.left === 0) return reject('sold-out', 'No tickets available', { status: 400 })
 */
export function reject(code: string, title: string, options: { status?: number; detail?: string } = {}): Rejection {
  const { status = 409, detail } = options
  if (!Number.isInteger(status) || status < 400 || status > 499) {
    throw new RangeError(`A rejection answers with a status from 400 to 499, not ${status}`)
  }
  return { kind: 'rejection', code, title, status, detail }
}
