import { randomBytes } from 'node:crypto'
import { Client } from 'pg'

export { findPooler, type Pooler, startPooler } from './pooler.ts'
export { type PostgresServer, startPostgres } from './server.ts'

/** Where the test run tells the URL of its server: see `global-setup.ts`. */
export const serverVariable = 'WEIR_TEST_POSTGRES'

/** A database of one's own. */
export interface TestDatabase {
  readonly url: string
  /** Removes it, whoever is still connected. */
  drop(): Promise<void>
}

/**
 * Makes a new, empty database: on the server of `TEST_DATABASE_URL` (its user may create databases), else on one that is
 * started for the test run.
 *
 * @throws Error when there is no server, with the reason
 */
export async function testDatabase(): Promise<TestDatabase> {
  const server = await serverUrl()
  const name = `weir_test_${randomBytes(8).toString('hex')}`
  await execute(server, `CREATE DATABASE ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  const drop = async () => void (await execute(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))
  return { url: url.href, drop }
}

/** Runs SQL on a connection of its own. Resolves to the rows, of one statement. */
export async function execute(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query(sql)
    return rows
  } finally {
    await client.end()
  }
}

async function serverUrl(): Promise<string> {
  const given = process.env.TEST_DATABASE_URL
  if (given) return given
  const door = process.env[serverVariable]
  if (!door) throw new Error('There is no PostgreSQL: name test/postgres/global-setup.ts in globalSetup of vitest.')
  const answer = await fetch(door)
  if (!answer.ok) throw new Error(await answer.text())
  return answer.text()
}
