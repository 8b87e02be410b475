import { Hono } from 'hono'
import { type Clock, type Logger, silentLogger, systemClock } from 'weir/ports'
import { docsRoutes } from './docs/docs.ts'
import { Addresses } from './exchange/addresses.ts'
import { type Handler, redirect } from './exchange/answer.ts'
import { type CorsOptions, corsOf } from './exchange/cors.ts'
import { elsewhere, preflight } from './exchange/elsewhere.ts'
import { Gateway } from './exchange/gateway.ts'
import { type GraphqlOptions, showsGraphiql } from './graphql/options.ts'
import { graphqlRoutes } from './graphql/routes.ts'
import { KeyRing } from './guard/key-ring.ts'
import { type AdmissionOf, guardedBy, routeAdmissions } from './guard/route-guard.ts'
import { health, index, readiness } from './health.ts'
import { LiveQueries } from './live/live-queries.ts'
import { openApiDocument } from './openapi/document.ts'
import { openApiHandler } from './openapi/handler.ts'
import { opsHandlers } from './ops/ops.ts'
import { servedPages } from './pages/served.ts'
import { routeHandler, type Shared } from './rest/handler.ts'
import type { Mount } from './rest/mount.ts'

export interface HttpOptions {
  /** The applications and where they are served. */
  readonly mounts: readonly Mount[]
  /** Keys for routes that are guarded, sent in `x-api-key`. Several are good at once, so that keys can be changed. */
  readonly apiKeys?: readonly string[]
  /** Keys for the operations API under `/ops`, sent in `x-operator-key`. Without these and `readerKeys` it is not served. */
  readonly operatorKeys?: readonly string[]
  /** Keys that are good for looking at operations, not for changing anything; sent in `x-operator-key` as well. */
  readonly readerKeys?: readonly string[]
  /** Gets one line a request; silent if not given. */
  readonly logger?: Logger
  readonly cors?: CorsOptions
  /** The largest body that is taken, in bytes; 1 MiB if not given. */
  readonly bodyLimit?: number
  /** Folder of built static files with an `index.html`, shown at `/` to people; what is below `/console` is another's. */
  readonly pages?: string
  /** The same of the operators' console, shown at `/console`. */
  readonly console?: string
  /** Bounds for GraphQL, and whether clients may ask for its schema. */
  readonly graphql?: GraphqlOptions
  /** Tells what day it is, for lists that answer today's documents; the machine's if not given. */
  readonly clock?: Clock
}

type Add = (method: string, path: string, handler: Handler, app?: string) => void

const MIB = 1_048_576
const BASE = /^(?:\/[A-Za-z0-9._~-]+)*$/

/**
 * Serves applications over HTTP: their routes as REST and GraphQL, their documentation, operations for those who have the key, and
 * the server's own health.
 *
 * @throws when two routes would have one address, or routes are guarded and there is no key
 * @example
 * const http = createHttpApp({ mounts: [{ base: '', runtime }], apiKeys: ['…'], operatorKeys: ['…'], logger })
 * const answer = await http.request('/concerts')
 */
export function createHttpApp(options: HttpOptions): Hono {
  const { mounts, logger = silentLogger, cors, bodyLimit = MIB, clock = systemClock, graphql = {} } = options
  const hono = new Hono()
  const gateway = new Gateway(logger, corsOf(cors))
  const addresses = new Addresses()
  const add: Add = (method, path, handler, app) => {
    addresses.add(method, path)
    hono.on(method, path, gateway.wrap(handler, app, path))
  }
  add('GET', '/health', health)
  add('GET', '/ready', readiness(mounts))
  for (const [path, handler] of servedPages(options)) add('GET', path, handler)
  for (const [method, path, handler] of opsHandlers(options, bodyLimit)) add(method, path, handler)
  const apiKeys = new KeyRing('apiKeys', options.apiKeys)
  for (const mount of mounts) {
    const services = { bodyLimit, clock, logger, graphql, live: new LiveQueries() }
    addMount(mount, add, services, routeAdmissions(mount.runtime.app, apiKeys))
  }
  const addIfFree: Add = (method, path, handler, app) => {
    if (!addresses.methodsAt(path).includes(method)) add(method, path, handler, app)
  }
  for (const mount of mounts) addSignposts(mount, addIfFree)
  hono.options('*', gateway.wrap(preflight(addresses)))
  hono.notFound(gateway.wrap(elsewhere(addresses)))
  return hono
}

type Services = Shared & { readonly logger: Logger; readonly graphql: GraphqlOptions }

function addMount(mount: Mount, add: Add, services: Services, admissionOf: AdmissionOf): void {
  const { base, runtime } = mount
  const { app } = runtime
  if (!BASE.test(base)) throw new Error(`The base '${base}' has to be '' or a path such as '/${app.name}'`)
  const document = openApiHandler(() => openApiDocument(app, base))
  add('GET', `${base}/openapi.json`, document, app.name)
  const docs = docsRoutes(app.title, showsGraphiql(services.graphql))
  for (const [path, handler] of docs) add('GET', base + path, handler, app.name)
  for (const [method, path, handler] of graphqlRoutes(mount, admissionOf, services)) {
    add(method, base + path, handler, app.name)
  }
  const guarded = guardedBy(admissionOf)
  for (const route of app.routes) {
    add(route.method, base + route.path, guarded(route, routeHandler(mount, route, services)), app.name)
  }
}

/** What people try who know the base alone; routes of applications go before. */
function addSignposts(mount: Mount, add: Add): void {
  const { base, runtime } = mount
  for (const path of [base, `${base}/`]) if (path !== '') add('GET', path, index([mount]), runtime.app.name)
  for (const page of ['docs', 'graphql']) add('GET', `${base}/${page}/`, redirect(`../${page}`), runtime.app.name)
}
