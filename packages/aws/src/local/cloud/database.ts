import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { Client } from 'pg'
import { databaseAdmin, databaseName, databaseRoles } from '../../contract/index.ts'
import type { Kept } from '../emulators/kept.ts'
import { startPostgres } from '../emulators/postgres.ts'

/** Where read models are. */
export interface Database {
  readonly host: string
  readonly port: number
  /** How a role connects. */
  url(role: string): string
  stop(): Promise<void>
}

/** A database that is there already: every role is the one of its URL. */
export function givenDatabase(url: string): Database {
  const { hostname, port } = new URL(url)
  return { host: hostname, port: Number(port || 5432), url: () => url, stop: async () => {} }
}

const roles = [databaseAdmin, databaseRoles.writer, databaseRoles.reader]

/** Starts a PostgreSQL of this local cloud's own, with the roles that AWS would have. */
export async function startDatabase(folder: string, kept: Kept): Promise<Database> {
  const host = '127.0.0.1'
  const port = await freePort()
  const password = kept.once('password of PostgreSQL', () => randomBytes(18).toString('base64url'))
  const urlOf = (role: string, database: string) => `postgres://${role}:${password}@${host}:${port}/${database}`
  const server = await startPostgres({ folder: join(folder, 'postgres'), port, password })
  await prepare(urlOf('postgres', 'postgres'), password)
  return { host, port, url: (role) => urlOf(role, databaseName), stop: server.stop }
}

/** The roles of applications come from the deployment; here they need a password, where AWS gives tokens. */
async function prepare(url: string, password: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const there = await client.query<{ name: string }>(
      'SELECT rolname AS name FROM pg_roles UNION ALL SELECT datname FROM pg_database',
    )
    const names = new Set(there.rows.map(({ name }) => name))
    if (!names.has('rds_iam')) await client.query('CREATE ROLE rds_iam')
    for (const role of roles.filter((each) => !names.has(each))) {
      await client.query(`CREATE ROLE ${role} LOGIN PASSWORD '${password}'`)
      await client.query(
        role === databaseAdmin
          ? `ALTER ROLE ${role} CREATEROLE CREATEDB`
          : `GRANT ${role} TO ${databaseAdmin} WITH ADMIN OPTION`,
      )
    }
    await client.query(`GRANT rds_iam TO ${databaseAdmin} WITH ADMIN OPTION`)
    if (!names.has(databaseName)) await client.query(`CREATE DATABASE ${databaseName} OWNER ${databaseAdmin}`)
  } finally {
    await client.end()
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
