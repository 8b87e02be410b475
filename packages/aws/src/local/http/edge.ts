import type { IncomingMessage, ServerResponse } from 'node:http'
import { Script } from 'node:vm'
import type { Answerer } from './gateway.ts'

/** What of the paths goes where, as a distribution says. */
export interface Behavior {
  /** Such as `/coffee/*`; undefined for all that no other fits. */
  readonly pattern: string | undefined
  readonly answer: Answerer
  /** The code of a function that sees each request first. */
  readonly onRequest: string | undefined
  /** What answers bear beside their own. */
  readonly headers: Readonly<Record<string, string>>
}

interface EdgeRequest {
  readonly method: string
  readonly uri: string
  readonly querystring: Readonly<Record<string, { readonly value: string }>>
  readonly headers: Readonly<Record<string, { readonly value: string }>>
  readonly cookies: object
}

interface EdgeResponse {
  readonly statusCode: number
  readonly headers?: Readonly<Record<string, { readonly value: string }>>
}

/** Answers as a distribution in front of buckets and APIs does: the first behavior that fits the path. */
export function edge(behaviors: readonly Behavior[]): Answerer {
  const ordered = behaviors.toSorted((a, b) => Number(a.pattern === undefined) - Number(b.pattern === undefined))
  const compiled = ordered.map(({ pattern, answer, onRequest, headers }) => ({
    headers: new Map(Object.entries(headers)),
    fits: patternOf(pattern),
    answer: onRequest === undefined ? answer : behind(onRequest, answer),
  }))
  return async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const found = compiled.find(({ fits }) => fits.test(pathname))
    if (found) return found.answer(request, response.setHeaders(found.headers))
    response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found\n')
  }
}

function patternOf(pattern: string | undefined): RegExp {
  if (pattern === undefined) return /^/
  const text = (pattern.startsWith('/') ? pattern : `/${pattern}`).replace(/[.+^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${text.replaceAll('*', '.*').replaceAll('?', '.')}$`)
}

/** Runs a function of a distribution before a request goes on. */
function behind(code: string, answer: Answerer): Answerer {
  const handler = new Script(`(() => { ${code}\n; return handler })()`).runInNewContext({ console }) as (
    event: object,
  ) => EdgeRequest | EdgeResponse | Promise<EdgeRequest | EdgeResponse>
  return async (request, response) => {
    const result = await handler({
      version: '1.0',
      context: { eventType: 'viewer-request' },
      request: edgeRequest(request),
    })
    if ('statusCode' in result) return end(response, result)
    const { search } = new URL(request.url ?? '/', 'http://localhost')
    request.url = result.uri + search
    return answer(request, response)
  }
}

function edgeRequest(request: IncomingMessage): EdgeRequest {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
  return {
    method: request.method ?? 'GET',
    uri: pathname,
    querystring: valued(searchParams),
    headers: valued(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
    cookies: {},
  }
}

function valued(pairs: Iterable<[string, string]>): Record<string, { value: string }> {
  return Object.fromEntries([...pairs].map(([name, value]) => [name, { value }]))
}

function end(response: ServerResponse, { statusCode, headers = {} }: EdgeResponse): void {
  for (const [name, { value }] of Object.entries(headers)) response.setHeader(name, value)
  response.writeHead(statusCode).end()
}
