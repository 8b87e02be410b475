import { afterEach, beforeEach, describe } from 'vitest'
import type { App } from 'weir'
import { engines } from './engines.ts'
import { type Server, type ServerOptions, serveOn } from './server.ts'

/** Where an application is served for one test, and how that is cleared away. */
interface Place {
  readonly server: Server
  clear(): Promise<void>
}

/** Whether applications are described on a local cloud, in place of the engines. */
export const isOnAws: boolean = process.env.WEIR_TEST_ON === 'aws'

/**
 * Describes an application on every engine; each test has a store of its own. With `WEIR_TEST_ON=aws` in the environment it is
 * described on a local cloud instead, from the stack that is synthesised of it: see `npm run test:aws`.
 *
 * @param describeTests is given what answers with the server of the test that runs
 */
export function onEachEngine(
  app: App,
  describeTests: (server: () => Server) => void,
  options: ServerOptions = {},
): void {
  describe.each(Object.entries(placesOf(app, options)))(`${app.name} on %s`, (_, open) => {
    let current: Place | undefined
    beforeEach(async () => {
      current = await open()
    })
    afterEach(async () => {
      await current?.clear()
      current = undefined
    })
    describeTests(() => {
      if (!current) throw new Error('A server is there only while a test runs')
      return current.server
    })
  })
}

function placesOf(app: App, options: ServerOptions): Record<string, () => Promise<Place>> {
  if (isOnAws) return { 'a local cloud': () => onAws(app, options) }
  const places = Object.entries(engines).map(([name, openStore]) => {
    const open = async () => {
      const store = await openStore()
      const server = await serveOn(store, app, options)
      return { server, clear: () => server.stop().then(store.dispose) }
    }
    return [name, open]
  })
  return Object.fromEntries(places)
}

/** Imported late: it brings the CDK. A clock of the test's own is there the time that it shows at the start. */
async function onAws(app: App, { clock, services }: ServerOptions): Promise<Place> {
  const { serveOnAws } = await import('./aws/serve-on-aws.ts')
  const now = clock && new Date(clock.now()).toISOString()
  const server = await serveOnAws(app, { ...(services && { services }), ...(now && { now }) })
  return { server, clear: server.stop }
}
