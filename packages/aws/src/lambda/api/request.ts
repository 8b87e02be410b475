import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { traceparentFrom } from './trace.ts'

/**
 * An event of an HTTP API (payload format 2.0) as a request.
 *
 * 1. The gateway gives the path decoded, and the query string as it was sent. What cannot stand in a path is encoded again;
 *    what a path may hold stays as it is.
 * 2. A stage that is named is no part of the path that applications see.
 * 3. Several headers of one name come joined with commas, cookies as a list.
 * 4. Methods that `Request` does not take, such as TRACE, come to applications as they are: these answer that no address takes them.
 *
 * @param trace what X-Ray says of this invocation, if it says anything
 * @returns undefined when its method or a header holds what none may hold
 */
export function requestOf(event: APIGatewayProxyEventV2, signal: AbortSignal, trace?: string): Request | undefined {
  const { domainName, http } = event.requestContext
  const query = event.rawQueryString === '' ? '' : `?${event.rawQueryString}`
  const url = `https://${domainName || 'localhost'}${pathOf(event)}${query}`
  const headers = headersOf(event, trace)
  if (!headers || !TOKEN.test(http.method)) return undefined
  if (FOREIGN.test(http.method)) return foreign(new Request(url, { headers, signal }), http.method)
  const body = mayHaveBody(http.method) ? bodyOf(event) : undefined
  if (body !== undefined) headers.set('content-length', String(body.length))
  return new Request(url, { method: http.method, headers, signal, ...(body && { body }) })
}

/** Names of methods and headers (RFC 9110). */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/

/** Methods that `Request` refuses. */
const FOREIGN = /^(?:CONNECT|TRACE|TRACK)$/i

function foreign(request: Request, method: string): Request {
  return Object.defineProperty(request, 'method', { value: method.toUpperCase() })
}

/** What stands before every path: `/` and the stage, or nothing where the stage has no name. */
export function stageOf({ rawPath, requestContext: { stage } }: APIGatewayProxyEventV2): string {
  const prefix = `/${stage}`
  return rawPath === prefix || rawPath.startsWith(`${prefix}/`) ? prefix : ''
}

function pathOf(event: APIGatewayProxyEventV2): string {
  const path = event.rawPath.slice(stageOf(event).length) || '/'
  return path.replace(/[^\x21-\x7e]|["#<>?\\^`{|}]|%(?![0-9A-Fa-f]{2})/gu, encode)
}

function encode(character: string): string {
  return encodeURIComponent(character.toWellFormed())
}

function headersOf(event: APIGatewayProxyEventV2, trace: string | undefined): Headers | undefined {
  const given = Object.entries({ ...event.headers, ...(event.cookies && { cookie: event.cookies.join('; ') }) })
  const headers = new Headers()
  for (const [name, value] of given) {
    if (value === undefined) continue
    if (!TOKEN.test(name) || /[\0\r\n]/.test(value)) return undefined
    headers.set(name, byteString(value))
  }
  if (!headers.has('x-request-id')) headers.set('x-request-id', event.requestContext.requestId)
  const traceparent = traceparentFrom(trace) ?? traceparentFrom(event.headers['x-amzn-trace-id'])
  if (traceparent !== undefined && !headers.has('traceparent')) headers.set('traceparent', traceparent)
  return headers
}

/** Headers are bytes: what is beyond Latin-1 comes as its UTF-8, as it would over a socket. */
function byteString(value: string): string {
  return /^[\0-\xff]*$/.test(value) ? value : Buffer.from(value, 'utf8').toString('latin1')
}

/** `Request` takes `get` for GET, too. */
function mayHaveBody(method: string): boolean {
  return !/^(?:GET|HEAD)$/i.test(method)
}

function bodyOf({ body, isBase64Encoded }: APIGatewayProxyEventV2): Buffer<ArrayBuffer> | undefined {
  if (body === undefined || body === '') return undefined
  return Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8')
}
