import { resolve } from 'node:path'
import type { Logger, OpenEngine } from 'weir/ports'
import { type DynamodbTables, importDynamodb, placeOfTables, readTables } from './dynamodb/tables.ts'
import { UsageError } from './errors.ts'
import { placeOf, readDatabase } from './postgres/database-url.ts'
import type { Environment } from './settings.ts'

/** Where applications keep their data. */
export interface StoreSettings {
  /** The folder of the databases, or of keys alone. */
  readonly data: string
  /** The URL of a PostgreSQL, which may hold a password; SQLite if undefined. */
  readonly database: string | undefined
  /** Where the events are, when PostgreSQL holds only read models. */
  readonly dynamodb: DynamodbTables | undefined
}

const example = 'postgres://user:password@host:5432/database'

/**
 * Settles where data is kept: as `EVENT_STORE` says, else in PostgreSQL if there is a URL, else in SQLite.
 *
 * @throws UsageError when the variables make no sense together
 */
export function readStore(environment: Environment): Omit<StoreSettings, 'data'> {
  const { EVENT_STORE: store } = environment
  if (store === 'sqlite') return { database: undefined, dynamodb: undefined }
  const database = readDatabase(environment)
  if (!store) return { database, dynamodb: undefined }
  if (store !== 'postgres' && store !== 'dynamodb')
    throw new UsageError(`EVENT_STORE is '${store}', but it is one of sqlite, postgres, dynamodb.`)
  if (database !== undefined) return { database, dynamodb: store === 'dynamodb' ? readTables(environment) : undefined }
  const what = store === 'dynamodb' ? ', where the read models are kept' : ''
  throw new UsageError(`EVENT_STORE=${store} needs PostgreSQL${what}. Set DATABASE_URL, such as ${example}.`)
}

/** Where data is, for people: neither user nor password. */
export function placeOfStore({ data, database, dynamodb }: StoreSettings): string {
  if (database === undefined) return resolve(data)
  return dynamodb ? `${placeOfTables(dynamodb)}, ${placeOf(database)}` : placeOf(database)
}

/**
 * Only who uses PostgreSQL or DynamoDB waits until their drivers are loaded.
 *
 * @param directory of the data, as an absolute path
 * @param logger told of what somebody has to mend
 */
export async function engineOf(
  { database: url, dynamodb }: StoreSettings,
  directory: string,
  logger: Logger,
): Promise<OpenEngine> {
  if (url === undefined) {
    const { sqliteEngine } = await import('@weir/engine-sqlite')
    return sqliteEngine({ directory })
  }
  const { postgresEngine, postgresReadModels } = await import('@weir/engine-postgres')
  if (!dynamodb) return postgresEngine({ url })
  const { dynamodbEngine } = await importDynamodb()
  return dynamodbEngine({
    tables: dynamodb.prefix,
    createTables: dynamodb.makes,
    readModels: postgresReadModels({ url }),
    logger,
  })
}
