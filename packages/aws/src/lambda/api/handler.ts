import { problem, problemAnswer } from '@weir/http'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda'
import type { Logger } from 'weir/ports'
import { UnavailableError } from 'weir/runtime'
import { answerOf } from './answer.ts'
import { wholeBody } from './body.ts'
import { requestOf, stageOf } from './request.ts'

/** What answers events of an HTTP API. */
export type ApiHandler = (
  event: APIGatewayProxyEventV2,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
) => Promise<APIGatewayProxyStructuredResultV2>

/** Answers a request: an application of Hono's `fetch`. */
export type Fetch = (request: Request) => Response | Promise<Response>

/** Waits for tokens end after this time, in milliseconds. */
const LONGEST_WAIT = 20_000

/** The gateway gives up after 30 s: until then callers are told something, in milliseconds. */
const LONGEST = 27_000

/** What an answer needs at the end, in milliseconds. */
const RESERVE = 500

/**
 * Answers events of an HTTP API with what answers requests.
 *
 * 1. Each event gets an answer in time: what takes longer than the gateway waits is answered with 503, as is what cannot be
 *    set up now (a database that is waking up), for callers to come again.
 * 2. What fails is logged, and never shown to callers.
 *
 * @param setUp called for each event; it keeps what it has made
 */
export function apiHandler(setUp: () => Promise<Fetch>, logger: Logger): ApiHandler {
  return async (event, context) => {
    const time = Math.min(LONGEST, context.getRemainingTimeInMillis() - RESERVE)
    const late = new AbortController()
    const endWaits = setTimeout(() => late.abort(), Math.min(LONGEST_WAIT, time))
    const { promise: tooLate, reject } = Promise.withResolvers<never>()
    const giveUp = setTimeout(() => reject(new UnavailableError('The request took too long', { retryAfter: 2 })), time)
    try {
      return await Promise.race([answer(setUp, event, late.signal), tooLate])
    } catch (error) {
      logger.error({ err: error, requestId: event.requestContext.requestId }, 'a request could not be answered')
      return failed(event, error)
    } finally {
      clearTimeout(endWaits)
      clearTimeout(giveUp)
    }
  }
}

async function answer(setUp: () => Promise<Fetch>, event: APIGatewayProxyEventV2, signal: AbortSignal) {
  const fetch = await setUp()
  const request = requestOf(event, signal, process.env._X_AMZN_TRACE_ID)
  if (!request) return refused(event, problem('malformed-request', { detail: unreadable }))
  const response = await fetch(request)
  const acceptsGzip = /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(event.headers['accept-encoding'] ?? '')
  const ending = { response, body: await wholeBody(response, request.method), stage: stageOf(event), acceptsGzip }
  return answerOf(ending) ?? refused(event, problem('answer-too-large', { detail: tooLarge }))
}

const unreadable = 'The name or value of a header, or the method, holds what it may not hold.'

const tooLarge = 'At most 6 MB can be sent. Ask for fewer with limit, or send Accept-Encoding: gzip.'

/** Whatever cannot be set up may be there soon; it is logged what has to be done about it. */
function failed(event: APIGatewayProxyEventV2, error: unknown): APIGatewayProxyStructuredResultV2 {
  const seconds = error instanceof UnavailableError ? Math.max(1, Math.ceil(error.retryAfter)) : 5
  return refused(event, problem('unavailable', { headers: { 'retry-after': String(seconds) } }))
}

function refused(event: APIGatewayProxyEventV2, why: ReturnType<typeof problem>): APIGatewayProxyStructuredResultV2 {
  const { requestId } = event.requestContext
  const { status, headers, body } = problemAnswer(why, requestId)
  const shown = { ...headers, 'x-request-id': requestId, 'access-control-allow-origin': '*' }
  return { statusCode: status, headers: shown, body: String(body), isBase64Encoded: false }
}
