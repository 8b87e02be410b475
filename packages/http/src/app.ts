import { Hono } from 'hono'
import type { RouteEntry } from 'weir'
import { type Logger, silentLogger } from 'weir/ports'
import { docsRoutes } from './docs/docs.ts'
import { Addresses } from './exchange/addresses.ts'
import { type Handler, redirect } from './exchange/answer.ts'
import { type CorsOptions, corsOf } from './exchange/cors.ts'
import { elsewhere, preflight } from './exchange/elsewhere.ts'
import { Gateway } from './exchange/gateway.ts'
import { health, index, readiness } from './health.ts'
import { openApiHandler } from './openapi/handler.ts'
import { commandHandler } from './rest/command.ts'
import { getHandler } from './rest/get.ts'
import { listHandler } from './rest/list.ts'
import type { Mount } from './rest/mount.ts'

export interface HttpOptions {
  /** The applications and where they are served. */
  readonly mounts: readonly Mount[]
  /** Gets one line a request; silent if not given. */
  readonly logger?: Logger
  readonly cors?: CorsOptions
  /** The largest body that is taken, in bytes; 1 MiB if not given. */
  readonly bodyLimit?: number
}

type Add = (method: string, path: string, handler: Handler, app?: string) => void

const MIB = 1_048_576
const BASE = /^(?:\/[A-Za-z0-9._~-]+)*$/

/**
 * Serves applications over HTTP: their routes as REST, their documentation, and the server's own health.
 *
 * @throws when two routes would have one address
 * @example
 * const http = createHttpApp({ mounts: [{ base: '', runtime }], logger })
 * const answer = await http.request('/concerts')
 */
export function createHttpApp({ mounts, logger = silentLogger, cors, bodyLimit = MIB }: HttpOptions): Hono {
  const hono = new Hono()
  const gateway = new Gateway(logger, corsOf(cors))
  const addresses = new Addresses()
  const add: Add = (method, path, handler, app) => {
    addresses.add(method, path)
    hono.on(method, path, gateway.wrap(handler, app))
  }
  add('GET', '/health', health)
  add('GET', '/ready', readiness(mounts))
  add('GET', '/', index(mounts))
  for (const mount of mounts) addMount(mount, add, bodyLimit)
  const addIfFree: Add = (method, path, handler, app) => {
    if (!addresses.methodsAt(path).includes(method)) add(method, path, handler, app)
  }
  for (const mount of mounts) addSignposts(mount, addIfFree)
  hono.options('*', gateway.wrap(preflight(addresses)))
  hono.notFound(gateway.wrap(elsewhere(addresses)))
  return hono
}

function addMount(mount: Mount, add: Add, bodyLimit: number): void {
  const { base, runtime } = mount
  const { app } = runtime
  if (!BASE.test(base)) throw new Error(`The base '${base}' has to be '' or a path such as '/${app.name}'`)
  add('GET', `${base}/openapi.json`, openApiHandler(mount), app.name)
  for (const [path, handler] of docsRoutes(app)) add('GET', base + path, handler, app.name)
  for (const route of app.routes) add(route.method, base + route.path, routeHandler(mount, route, bodyLimit), app.name)
}

/** What people try who know the base alone; routes of applications go before. */
function addSignposts(mount: Mount, add: Add): void {
  const { base, runtime } = mount
  for (const path of [base, `${base}/`]) if (path !== '') add('GET', path, index([mount]), runtime.app.name)
  add('GET', `${base}/docs/`, redirect('../docs'), runtime.app.name)
}

function routeHandler(mount: Mount, route: RouteEntry, bodyLimit: number): Handler {
  switch (route.kind) {
    case 'command':
      return commandHandler(mount, route, bodyLimit)
    case 'get':
      return getHandler(mount, route)
    case 'list':
      return listHandler(mount, route)
  }
}
