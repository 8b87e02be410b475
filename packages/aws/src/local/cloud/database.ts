import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { freePort } from '@weir/engine-dynamodb/local'
import { Client } from 'pg'
import { databaseName, databaseRoles } from '../../contract/index.ts'
import type { Kept } from '../emulators/kept.ts'
import { startPostgres } from '../emulators/postgres.ts'

/** Where read models are. */
export interface Database {
  readonly host: string
  readonly port: number
  /** With the password of a role that owns the database, and can do no more than that. */
  readonly url: string
  stop(): Promise<void>
}

/** A database that is there already. */
export function givenDatabase(url: string): Database {
  const { hostname, port } = new URL(url)
  return { host: hostname, port: Number(port || 5432), url, stop: async () => {} }
}

/** Starts a PostgreSQL of this local cloud's own. */
export async function startDatabase(folder: string, kept: Kept): Promise<Database> {
  const host = '127.0.0.1'
  const port = await freePort()
  const password = kept.once('password of PostgreSQL', () => randomBytes(18).toString('base64url'))
  const urlOf = (role: string, database: string) => `postgres://${role}:${password}@${host}:${port}/${database}`
  const server = await startPostgres({ folder: join(folder, 'postgres'), port, password })
  await prepare(urlOf('postgres', 'postgres'), password)
  return { host, port, url: urlOf(databaseRoles.writer, databaseName), stop: server.stop }
}

async function prepare(url: string, password: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [databaseName])
    if (rowCount) return
    const { writer } = databaseRoles
    await client.query(`DROP ROLE IF EXISTS ${writer}`)
    await client.query(`CREATE ROLE ${writer} LOGIN PASSWORD '${password}'`)
    await client.query(`CREATE DATABASE ${databaseName} OWNER ${writer}`)
  } finally {
    await client.end()
  }
}
