import { createHttpApp, type Server as Listening, serve } from '@weir/http'
import type { App, Provision } from 'weir'
import type { Clock, Identity, Logger } from 'weir/ports'
import { silentLogger, systemClock } from 'weir/ports'
import { type Runtime, startRuntime } from 'weir/runtime'
import type { Store } from './engines.ts'

type HeaderValues = Readonly<Record<string, string>>

/** What was answered, with its body read. */
export interface Answer {
  readonly status: number
  /** A header's value, or undefined. */
  header(name: string): string | undefined
  // biome-ignore lint/suspicious/noExplicitAny: tests know what they have asked for
  readonly body: any
}

/** What guarded routes ask for, in `x-api-key`. */
export const testKey = 'key-of-the-tests'

export interface ServerOptions {
  readonly clock?: Clock
  readonly identity?: Identity
  readonly logger?: Logger
  /** What policies call; asked for at every start. */
  readonly services?: () => readonly Provision[]
}

/** An application that is served, without a socket. */
export interface Server {
  readonly runtime: Runtime
  get(path: string, headers?: HeaderValues): Promise<Answer>
  send(
    method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body: unknown,
    headers?: HeaderValues,
  ): Promise<Answer>
  /** Opens a port of this machine, for clients that speak HTTP themselves. */
  listen(): Promise<Listening>
  /** Anything at all, as it is. */
  request(path: string, init: RequestInit): Promise<Response>
  /** Stops the application and starts it anew on what it has stored. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** Starts an application and serves it at the root. */
export async function serveOn(store: Store, app: App, options: ServerOptions = {}): Promise<Server> {
  const { logger = silentLogger, services = () => [], ...ports } = options
  const start = async () => {
    const runtime = await startRuntime(app, { engine: store.engine, logger, services: services(), ...ports })
    const { clock = systemClock } = options
    return { runtime, http: createHttpApp({ mounts: [{ base: '', runtime }], apiKeys: [testKey], logger, clock }) }
  }
  let running = await start()
  const request = async (path: string, init: RequestInit) => running.http.request(path, init)
  return {
    get runtime() {
      return running.runtime
    },
    get: async (path, headers = {}) => read(await request(path, { headers })),
    send: async (method, path, body, headers = {}) => {
      const init = { method, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) }
      return read(await request(path, init))
    },
    request,
    listen: () => serve(running.http, { port: 0, hostname: '127.0.0.1' }),
    restart: async () => {
      await running.runtime.stop()
      running = await start()
    },
    stop: () => running.runtime.stop(),
  }
}

async function read(response: Response): Promise<Answer> {
  const text = await response.text()
  const { status, headers } = response
  return { status, header: (name) => headers.get(name) ?? undefined, body: text === '' ? undefined : JSON.parse(text) }
}
