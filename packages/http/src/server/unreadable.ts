import { RequestError } from '@hono/node-server'
import { requestIdOf } from '../exchange/request-id.ts'
import { problem, problemAnswer } from '../problems/problem.ts'

/** Answers a request that does not even reach the application, such as one without a host. */
export function unreadableRequest(error: unknown): Response {
  const requestId = requestIdOf(undefined)
  const unreadable = error instanceof RequestError
  const { status, headers, body } = problemAnswer(problem(unreadable ? 'malformed-url' : 'internal-error'), requestId)
  return new Response(body, { status, headers: { ...headers, 'x-request-id': requestId } })
}
