import { problem } from '../problems/problem.ts'
import type { Addresses } from './addresses.ts'
import type { Handler } from './answer.ts'
import { acceptedHeaders } from './cors.ts'

/** Answers what no route takes: 405 with the methods that the address does take, or 404. */
export function elsewhere(addresses: Addresses): Handler {
  return ({ request: { path } }) => {
    const methods = addresses.methodsAt(path)
    if (methods.length === 0) return problem('unknown-route')
    return problem('method-not-allowed', { headers: { allow: methods.join(', ') } })
  }
}

/** Answers OPTIONS: which methods an address takes, and what a page of another origin may send there. */
export function preflight(addresses: Addresses): Handler {
  return (exchange) => {
    const methods = addresses.methodsAt(exchange.request.path)
    if (methods.length === 0) return problem('unknown-route')
    const headers: Record<string, string> = { allow: methods.join(', ') }
    if (exchange.header('access-control-request-method') !== undefined) {
      headers['access-control-allow-methods'] = methods.join(', ')
      headers['access-control-allow-headers'] = acceptedHeaders.join(', ')
      headers['access-control-max-age'] = '7200'
    }
    return { status: 204, headers, body: null }
  }
}
