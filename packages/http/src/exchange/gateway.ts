import type { Context } from 'hono'
import type { Logger } from 'weir/ports'
import { failureProblem } from '../problems/failure.ts'
import { Problem, problem, problemAnswer } from '../problems/problem.ts'
import type { Answer, Handler } from './answer.ts'
import type { Cors } from './cors.ts'
import { Exchange } from './exchange.ts'
import { logRequest } from './request-log.ts'
import { RequestTelemetry } from './request-telemetry.ts'

/** A handler as Hono calls it. */
export type HonoHandler = (context: Context) => Promise<Response>

/**
 * Where every request passes, on its way in and out.
 *
 * 1. Each request gets exactly one answer and one log line, whatever its handler does.
 * 2. What a handler throws is logged with its stack, and never shown to the caller.
 */
export class Gateway {
  readonly #logger: Logger
  readonly #cors: Cors
  readonly #telemetry = RequestTelemetry.installed()

  constructor(logger: Logger, cors: Cors) {
    this.#logger = logger
    this.#cors = cors
  }

  /** Wraps a handler; `app` and `route` are what log lines and spans name: the application, and the path of its route. */
  wrap(handler: Handler, app?: string, route?: string): HonoHandler {
    return async (context) => {
      const exchange = new Exchange(context)
      const work = () => this.#answer(handler, exchange, app)
      const answer = await (this.#telemetry ? this.#telemetry.answer(exchange, route, work) : work())
      return this.#finish(exchange, answer instanceof Problem ? problemAnswer(answer, exchange.requestId) : answer)
    }
  }

  async #answer(handler: Handler, exchange: Exchange, app: string | undefined): Promise<Answer | Problem> {
    let answer: Answer | Problem
    let error: unknown
    try {
      answer = exchange.hasReadablePath() ? await handler(exchange) : problem('malformed-url')
    } catch (thrown) {
      error = thrown
      answer = failureProblem(thrown)
    }
    logRequest(this.#logger, exchange, { app, status: answer.status, code: answer.code, error })
    return answer
  }

  #finish(exchange: Exchange, { status, headers, body }: Answer): Response {
    headers['x-request-id'] = exchange.requestId
    headers['x-content-type-options'] = 'nosniff'
    this.#cors(exchange, headers)
    return new Response(body, { status, headers })
  }
}
