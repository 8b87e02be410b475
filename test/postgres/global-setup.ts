import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serverVariable } from './index.ts'
import { type PostgresServer, startPostgres } from './server.ts'

/** What it holds is gone with the run: tests of what outlives a crash start servers of their own. */
const forgetful = ['fsync=off', 'full_page_writes=off', 'max_wal_size=4GB']

/**
 * For vitest's `globalSetup`: one PostgreSQL for a whole run, started when the first test asks for a database. Tests that
 * need none pay nothing, and those that do learn why there is none.
 *
 * @returns what stops the server when the run is over
 */
export default async function setup(): Promise<() => Promise<void>> {
  let server: Promise<PostgresServer> | undefined
  const door = createServer((_, response) => {
    server ??= startPostgres(forgetful)
    server.then(
      ({ url }) => response.end(url),
      (error: Error) => response.writeHead(500).end(error.message),
    )
  }).listen(0, '127.0.0.1')
  await once(door, 'listening')
  process.env[serverVariable] = `http://127.0.0.1:${(door.address() as AddressInfo).port}`
  return async () => {
    door.close()
    door.closeAllConnections()
    await (await server?.catch(() => undefined))?.remove()
  }
}
