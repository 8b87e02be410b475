import type { IncomingMessage } from 'node:http'
import type { HttpBindings } from '@hono/node-server'
import type { Context, HonoRequest } from 'hono'
import { requestIdOf } from './request-id.ts'
import { traceparentOf } from './traceparent.ts'

/**
 * One request, in the words that handlers need.
 *
 * 1. On a Node server headers and body are taken from Node's own request: the web `Request` is never built.
 * 2. Everywhere else (tests, Lambda) they come from the web `Request`, with the same meaning.
 */
export class Exchange {
  readonly request: HonoRequest
  /** Node's request, when there is one. */
  readonly incoming: IncomingMessage | undefined
  readonly requestId: string
  readonly started: number = performance.now()
  /** Who asks, once a guard knows: the kind of key and its short hash, never the key. */
  actor: string | undefined
  /** Names the request's own span, when it has one that is recorded. */
  ownTraceparent: string | undefined

  constructor(context: Context) {
    this.request = context.req
    const bindings = context.env as Partial<HttpBindings> | undefined
    this.incoming = bindings?.incoming as IncomingMessage | undefined
    this.requestId = requestIdOf(this.header('x-request-id'))
  }

  /** A header; `name` is in lower case. Several of one name are joined with commas. */
  header(name: string): string | undefined {
    if (!this.incoming) return this.request.raw.headers.get(name) ?? undefined
    const value = this.incoming.headers[name]
    return typeof value === 'string' ? value : value?.join(', ')
  }

  /** The W3C trace context under which hangs what follows from the request: its own span's, else its caller's. */
  get traceparent(): string | undefined {
    return this.ownTraceparent ?? traceparentOf(this.header('traceparent'))
  }

  /** Aborted when the caller has gone before the answer. */
  get signal(): AbortSignal {
    return this.request.raw.signal
  }

  /** A path parameter of the matched route, decoded. */
  parameter(name: string): string {
    return this.request.param(name) ?? ''
  }

  /** What stands behind the `?`, still encoded. */
  get query(): string {
    const { url } = this.request
    const start = url.indexOf('?')
    return start < 0 ? '' : url.slice(start + 1)
  }

  /** Whether the path's percent-encoding can be decoded. */
  hasReadablePath(): boolean {
    const { url } = this.request
    if (!url.includes('%')) return true
    try {
      decodeURIComponent(url.split('?', 1)[0] as string)
      return true
    } catch {
      return false
    }
  }
}
