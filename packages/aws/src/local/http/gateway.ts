import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Invoked, LambdaFunction } from '../lambda/function.ts'
import { type Api, eventOf } from './event.ts'
import type { Router } from './routes.ts'

/** What answers a request. */
export type Answerer = (request: IncomingMessage, response: ServerResponse) => Promise<void>

interface Answer {
  readonly statusCode?: number
  readonly headers?: Readonly<Record<string, string | number | boolean>>
  readonly cookies?: readonly string[]
  readonly body?: string
  readonly isBase64Encoded?: boolean
}

/** What an HTTP API takes, in bytes, and what a function takes. */
const largest = { request: 10 * 1024 * 1024, event: 6 * 1024 * 1024 }

/** How long an HTTP API waits for a function, in milliseconds. */
const patience = 30_000

/** An HTTP API: hands requests to functions, and answers what they do. */
export function httpApi(router: Router<LambdaFunction>, api: Api): Answerer {
  return async (request, response) => {
    const body = await readBody(request)
    if (body === undefined) return refuse(response, 413, 'Request Entity Too Large')
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const route = router(request.method ?? 'GET', pathname)
    if (!route) return refuse(response, 404, 'Not Found')
    const event = eventOf(request, body, route, api)
    if (JSON.stringify(event).length > largest.event) return refuse(response, 413, 'Request Entity Too Large')
    answer(response, await inTime(route.target.invoke(event)))
  }
}

function answer(response: ServerResponse, invoked: Invoked | 'late'): void {
  if (invoked === 'late' || invoked.kind === 'throttled') return refuse(response, 503, 'Service Unavailable')
  if (invoked.kind === 'failed') return refuse(response, 500, 'Internal Server Error')
  const { statusCode = 200, headers = {}, cookies, body = '', isBase64Encoded } = answerOf(invoked.payload)
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8')
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, String(value))
  if (cookies) response.setHeader('set-cookie', cookies)
  if (mayHaveBody(statusCode)) response.setHeader('content-length', bytes.length)
  response.writeHead(statusCode).end(bytes)
}

/** A function may answer anything at all: without a status it is the body, as JSON. */
function answerOf(payload: unknown): Answer {
  if (typeof payload === 'object' && payload !== null && 'statusCode' in payload) return payload as Answer
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(payload) }
}

function mayHaveBody(status: number): boolean {
  return status >= 200 && status !== 204 && status !== 304
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ message }))
}

async function inTime(invoked: Promise<Invoked>): Promise<Invoked | 'late'> {
  const { promise: late, resolve } = Promise.withResolvers<'late'>()
  const timer = setTimeout(resolve, patience, 'late')
  return Promise.race([invoked, late]).finally(() => clearTimeout(timer))
}

/** Undefined when it is too large. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= largest.request) chunks.push(chunk)
  }
  return size > largest.request ? undefined : Buffer.concat(chunks)
}
