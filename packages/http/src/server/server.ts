import { createServer, type Server as NodeServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import { closeGracefully } from './close.ts'
import { explainListenError } from './listen-error.ts'
import { streamsOf } from './streams.ts'
import { unreadableRequest } from './unreadable.ts'

export interface ServeOptions {
  /** 0 takes any free port. */
  readonly port: number
  /** Which address to listen on; all of the machine's if not given. */
  readonly hostname?: string
  /** Milliseconds that requests in flight get to finish when the server closes; 10,000 if not given. */
  readonly closeTimeout?: number
}

/** A server that listens. */
export interface Server {
  readonly url: string
  readonly port: number
  /**
   * Stops accepting connections, lets requests in flight finish and closes what is idle at once; what is not done after
   * `closeTimeout` is cut off. Calling it again waits for the same end.
   */
  close(): Promise<void>
}

/** Thousands of callers may connect at the same moment; the kernel may lower it. */
const BACKLOG = 8192

/** Bounds for slow callers, in milliseconds. Keep-alive outlasts the 60 s of common load balancers. */
const timeouts = {
  headersTimeout: 15_000,
  requestTimeout: 60_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 5_000,
}

/**
 * Listens on a port.
 *
 * @throws with what to do about it, when the port cannot be had
 */
export async function serve(app: Hono, options: ServeOptions): Promise<Server> {
  const listener = getRequestListener(app.fetch, { errorHandler: unreadableRequest })
  const server = createServer(timeouts, (request, response) => void listener(request, response))
  const endStreams = streamsOf(server)
  await listen(server, options)
  const { port } = server.address() as AddressInfo
  let closed: Promise<void> | undefined
  return {
    url: `http://${hostOf(options.hostname)}:${port}`,
    port,
    close: () => {
      closed ??= closeGracefully(server, options.closeTimeout ?? 10_000)
      endStreams()
      return closed
    },
  }
}

function listen(server: NodeServer, { port, hostname }: ServeOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(explainListenError(error, port)))
    server.listen({ port, host: hostname, backlog: BACKLOG }, () => {
      server.removeAllListeners('error')
      resolve()
    })
  })
}

function hostOf(hostname: string | undefined): string {
  if (hostname === undefined || hostname === '0.0.0.0' || hostname === '::') return 'localhost'
  return hostname.includes(':') ? `[${hostname}]` : hostname
}
