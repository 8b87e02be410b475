import { createHttpApp, type Server as Listening, serve } from '@weir/http'
import type { App, Provision } from 'weir'
import type { Clock, Identity, Logger } from 'weir/ports'
import { silentLogger, systemClock } from 'weir/ports'
import { type Runtime, startRuntime } from 'weir/runtime'
import { type Client, clientOf } from './client.ts'
import type { Store } from './engines.ts'

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
export interface Server extends Client {
  readonly runtime: Runtime
  /** Opens a port of this machine, for clients that speak HTTP themselves. */
  listen(): Promise<Listening>
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
    ...clientOf(request),
    listen: () => serve(running.http, { port: 0, hostname: '127.0.0.1' }),
    restart: async () => {
      await running.runtime.stop()
      running = await start()
    },
    stop: () => running.runtime.stop(),
  }
}
