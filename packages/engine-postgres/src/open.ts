import { EngineError } from 'weir/ports'
import type { Database, Query } from './database.ts'
import { type Identity, identify, readIdentity } from './epoch.ts'
import { inspect, type Migration, migrate, schemaVersion } from './upgrade.ts'

/** The first version whose functions for snapshots and xids are as they are used here, and that is still maintained. */
const minVersion = 150_000

interface ServerFacts {
  readonly version: number
  readonly encoding: string
  readonly isolation: string
  readonly isStandby: boolean
}

export interface OpenedStore extends Identity {
  readonly migration: Migration
}

/**
 * Opens the store of an application, makes it or brings it up to date.
 *
 * @throws EngineError when the server is too old, the schema is not Weir's or too new, or this role may not do what is
 * to be done; nothing is changed then
 */
export async function openStore(database: Database): Promise<OpenedStore> {
  await checkServer(database, faultOf)
  const isCurrent = (await inspect(database, readOf(database))) === schemaVersion
  const migration = isCurrent ? 'current' : await migrate(database)
  return { ...(await identify(database)), migration }
}

/**
 * Opens the store of an application to look at it.
 *
 * @throws EngineError when there is none, it is of another version, or the server is not fit for it
 */
export async function openForReading(database: Database): Promise<Identity> {
  await checkServer(database, ({ isStandby }) => (isStandby ? standby : undefined))
  const found = await inspect(database, readOf(database))
  if (typeof found !== 'number') throw missing(database)
  if (found < schemaVersion) throw older(database)
  return readIdentity(database)
}

async function checkServer(database: Database, faultOf: (server: ServerFacts) => string | undefined): Promise<void> {
  const [server] = await database.read<ServerFacts>(
    `SELECT current_setting('server_version_num')::int AS version, current_setting('server_encoding') AS encoding,
      current_setting('transaction_isolation') AS isolation, pg_is_in_recovery() AS "isStandby"`,
  )
  const fault = server && faultOf(server)
  if (fault) throw new EngineError(`${database.server}: ${fault}`)
}

const standby = 'it is a standby. Give the URL of the primary.'

function faultOf(server: ServerFacts): string | undefined {
  if (server.isStandby) return standby
  if (server.version < minVersion) {
    return `it is PostgreSQL ${Math.floor(server.version / 10_000)}. Weir needs ${minVersion / 10_000} or newer.`
  }
  if (server.encoding !== 'UTF8') {
    return `the database is encoded in ${server.encoding}. Create one WITH ENCODING 'UTF8', from template0.`
  }
  if (server.isolation !== 'read committed') {
    return `default_transaction_isolation is "${server.isolation}". ALTER ROLE … RESET default_transaction_isolation.`
  }
  return undefined
}

function readOf(database: Database): Query {
  return (sql, values) => database.read(sql, values)
}

function missing({ server, schema }: Database): EngineError {
  return new EngineError(
    `${server}: there is no store in the schema ${JSON.stringify(schema)}. ` +
      'Start the application once to make it, or check the URL.',
  )
}

function older({ server, schema }: Database): EngineError {
  return new EngineError(
    `${server}: the schema ${JSON.stringify(schema)} was written by an earlier version of Weir. ` +
      'Start the application once, or run `weir migrate`, to upgrade it.',
  )
}
