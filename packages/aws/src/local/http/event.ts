import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { account } from '../template/identity.ts'
import type { MatchedRoute } from './routes.ts'

/** What an HTTP API says of itself in each event. */
export interface Api {
  readonly id: string
  readonly stage: string
}

const text = /^(?:text\/|application\/(?:[\w.+-]*\+)?(?:json|xml|javascript)|application\/x-www-form-urlencoded)/i

/** A request as an HTTP API hands it to a function: payload format 2.0. */
export function eventOf(request: IncomingMessage, body: Buffer, { key, parameters }: MatchedRoute, api: Api): object {
  const { pathname, search, searchParams } = new URL(request.url ?? '/', 'http://localhost')
  const path = decoded(pathname)
  const { cookie, ...headers } = joined(request.headers)
  const isText = text.test(headers['content-type'] ?? 'text/plain')
  return {
    version: '2.0',
    routeKey: key,
    rawPath: path,
    rawQueryString: search.slice(1),
    ...(cookie === undefined ? {} : { cookies: cookie.split(/; */) }),
    headers,
    ...(search.length > 1 ? { queryStringParameters: queryOf(searchParams) } : {}),
    ...(Object.keys(parameters).length > 0 ? { pathParameters: parameters } : {}),
    requestContext: {
      ...contextOf(request, path, api),
      routeKey: key,
    },
    ...(body.length > 0 ? { body: body.toString(isText ? 'utf8' : 'base64') } : {}),
    isBase64Encoded: body.length > 0 && !isText,
  }
}

function contextOf(request: IncomingMessage, path: string, { id, stage }: Api): object {
  const { host = 'localhost', 'user-agent': userAgent = '' } = request.headers
  const now = new Date()
  return {
    accountId: account,
    apiId: id,
    domainName: host,
    domainPrefix: id,
    http: {
      method: request.method ?? 'GET',
      path,
      protocol: `HTTP/${request.httpVersion}`,
      sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
      userAgent,
    },
    requestId: randomUUID(),
    stage,
    time: now.toUTCString(),
    timeEpoch: now.getTime(),
  }
}

/** The gateway decodes paths. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

function joined(headers: IncomingMessage['headers']): Record<string, string> {
  const entries = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  )
  return Object.fromEntries(entries)
}

function queryOf(query: URLSearchParams): Record<string, string> {
  return Object.fromEntries([...new Set(query.keys())].map((name) => [name, query.getAll(name).join(',')]))
}
