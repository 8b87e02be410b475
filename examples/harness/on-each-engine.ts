import { afterEach, beforeEach, describe } from 'vitest'
import type { App } from 'weir'
import { engines, type Store } from './engines.ts'
import { type Server, type ServerOptions, serveOn } from './server.ts'

/**
 * Describes an application on every engine; each test has a store of its own.
 *
 * @param describeTests is given what answers with the server of the test that runs
 */
export function onEachEngine(
  app: App,
  describeTests: (server: () => Server) => void,
  options: ServerOptions = {},
): void {
  describe.each(Object.entries(engines))(`${app.name} on %s`, (_, openStore) => {
    let current: { readonly store: Store; readonly server: Server } | undefined
    beforeEach(async () => {
      const store = await openStore()
      current = { store, server: await serveOn(store, app, options) }
    })
    afterEach(async () => {
      await current?.server.stop()
      current?.store.dispose()
      current = undefined
    })
    describeTests(() => {
      if (!current) throw new Error('A server is there only while a test runs')
      return current.server
    })
  })
}
