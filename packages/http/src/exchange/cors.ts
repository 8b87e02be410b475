import type { Exchange } from './exchange.ts'

/** Which pages of other origins may call the API; cookies and other credentials are never part of it. */
export interface CorsOptions {
  /** `'*'` (the default): any origin. */
  readonly origins?: '*' | readonly string[]
}

/** Adds what a browser must see before it hands an answer to a page of another origin. */
export type Cors = (exchange: Exchange, headers: Record<string, string>) => void

/** Headers of answers that pages may read. */
const exposedHeaders = [
  'idempotency-key',
  'consistency-token',
  'consistency-status',
  'x-api-key',
  'x-operator-key',
  'etag',
  'location',
  'link',
  'x-request-id',
  'retry-after',
]

/** Headers that pages may send. */
export const acceptedHeaders: readonly string[] = [
  'content-type',
  'idempotency-key',
  'if-match',
  'if-none-match',
  'consistency-token',
  'prefer',
  'x-api-key',
  'x-operator-key',
  'x-request-id',
  'traceparent',
  'tracestate',
  'last-event-id',
]

const EXPOSED = exposedHeaders.join(', ')

/** Prepares the CORS headers. An answer that a cache may keep bears them, or says that it depends on the origin. */
export function corsOf({ origins = '*' }: CorsOptions = {}): Cors {
  return origins === '*' ? anyOrigin : someOrigins(new Set(origins))
}

const anyOrigin: Cors = (exchange, headers) => {
  const { method } = exchange.request
  if (method !== 'GET' && method !== 'HEAD' && exchange.header('origin') === undefined) return
  headers['access-control-allow-origin'] = '*'
  headers['access-control-expose-headers'] = EXPOSED
}

function someOrigins(origins: ReadonlySet<string>): Cors {
  return (exchange, headers) => {
    const origin = exchange.header('origin')
    headers.vary = headers.vary ? `${headers.vary}, Origin` : 'Origin'
    if (origin === undefined || !origins.has(origin)) return
    headers['access-control-allow-origin'] = origin
    headers['access-control-expose-headers'] = EXPOSED
  }
}
