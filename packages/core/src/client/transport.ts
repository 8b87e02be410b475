import { OwnWrites } from './own-writes.ts'
import { backoff, pause } from './pause.ts'
import { ProblemError, problemOf, unexpected, unreachable, unsendable } from './problem-error.ts'

type HeaderFields = Readonly<Record<string, string>>

/** How a client speaks to its server. */
export interface ClientOptions {
  /** Sent with every request; a function is asked anew for each. */
  readonly headers?: HeaderFields | (() => HeaderFields)
  /** For routes that are guarded. */
  readonly apiKey?: string
  /** Instead of the global one. */
  readonly fetch?: typeof fetch
}

/** One request, which may be sent several times. */
export interface Request {
  readonly method: string
  readonly address: string
  readonly headers: Record<string, string>
  readonly body?: string
  readonly cache?: RequestInit['cache']
  readonly signal: AbortSignal | undefined
}

/** An answer of success, whole. */
export interface Answer {
  readonly headers: Headers
  readonly value: unknown
}

/** How often a request is sent again. */
const RETRIES = 4
/** An answer takes no longer than this, in milliseconds: a server waits for tokens for 5 seconds. */
const TIMEOUT = 30_000
/** A longer `Retry-After` is for the caller to wait; in seconds. */
const LONGEST_WAIT = 10

/**
 * Sends requests.
 *
 * 1. What may pass by itself (no connection, 503 with `Retry-After`) is sent again a few times, with the same headers: a
 *    command has one effect, since its `Idempotency-Key` is the same.
 * 2. Reads bear the tokens of own writes. When the server does not take them, they are forgotten.
 */
export class Transport {
  readonly writes: OwnWrites = new OwnWrites()
  readonly #base: string
  readonly #options: ClientOptions

  constructor(base: string, options: ClientOptions) {
    if (/^(?!https?:)[\w.-]+:/.test(base)) throw new TypeError(`'${base}' is no address: begin it with http:// or /`)
    this.#base = base.replace(/\/$/, '')
    this.#options = options
  }

  /** @throws ProblemError; or the signal's reason */
  async send(request: Request): Promise<Answer> {
    for (let failures = 1; ; failures += 1) {
      try {
        return await this.#sendOnce(request)
      } catch (error) {
        const wait = waitAfter(error, failures)
        if (wait === undefined) throw error
        await pause(wait, request.signal)
        request.signal?.throwIfAborted()
      }
    }
  }

  /** Reads with the tokens of own writes. */
  async read<T>(
    path: string,
    request: Request,
    open: (request: Request) => Promise<T & { headers: Headers }>,
  ): Promise<T> {
    const tokens = this.writes.awaitedBy(path)
    const headers = { ...request.headers, ...(tokens.length > 0 && { 'consistency-token': tokens.join(',') }) }
    try {
      const answer = await open({ ...request, headers })
      if (answer.headers.get('consistency-status') === 'reached') this.writes.reached(path, tokens)
      return answer
    } catch (error) {
      if (tokens.length === 0 || !areNotTaken(error)) throw error
      this.writes.forget()
      return open(request)
    }
  }

  /** Sends it once, and answers as soon as the headers are there. */
  async open({ address, headers, signal, ...request }: Request): Promise<Response> {
    const { fetch: ownFetch = fetch, headers: given, apiKey } = this.#options
    const all = {
      ...(typeof given === 'function' ? given() : given),
      ...(apiKey !== undefined && { 'x-api-key': apiKey }),
      ...headers,
    }
    checkHeaders(all)
    const init = { ...request, headers: all, ...(signal && { signal }) }
    const answer = await ownFetch(this.#base + address, init)
    if (!answer.ok) throw problemOf(answer, await answer.text())
    return answer
  }

  async #sendOnce(request: Request): Promise<Answer> {
    const timeout = AbortSignal.timeout(TIMEOUT)
    const signal = request.signal ? AbortSignal.any([request.signal, timeout]) : timeout
    try {
      const answer = await this.open({ ...request, signal })
      return { headers: answer.headers, value: jsonOf(answer, await answer.text()) }
    } catch (error) {
      request.signal?.throwIfAborted()
      throw error instanceof ProblemError ? error : unreachable(error)
    }
  }
}

/** `fetch` fails with the same error as without a connection, which would be waited for. */
function checkHeaders(headers: HeaderFields): void {
  try {
    new Headers(headers)
  } catch (error) {
    throw unsendable(error)
  }
}

function jsonOf(answer: Response, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw unexpected(answer)
  }
}

function waitAfter(error: unknown, failures: number): number | undefined {
  if (!(error instanceof ProblemError) || !error.isPassing || failures > RETRIES) return undefined
  const { retryAfter = 0 } = error
  return retryAfter > LONGEST_WAIT ? undefined : Math.max(retryAfter * 1000, backoff(failures))
}

/** Whether the tokens are of another store, or too long for the server's headers. */
function areNotTaken(error: unknown): boolean {
  return error instanceof ProblemError && (error.code.endsWith('-consistency-token') || error.status === 431)
}
