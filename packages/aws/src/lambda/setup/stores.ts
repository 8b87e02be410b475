import { dynamodbEngine } from '@weir/engine-dynamodb'
import { postgresReadModels } from '@weir/engine-postgres'
import { EngineError, type OpenEngine } from 'weir/ports'
import { databaseRoles, decodeApps } from '../../contract/index.ts'
import { databaseOf } from './database.ts'
import type { Environment } from './environment.ts'

/** A function does one thing at a time; what it does beside that are single statements. */
const connections = 4

/** Messages can wait for a database that wakes up; callers are told to come again. In milliseconds. */
const connectTimeout = { api: 5_000, others: 30_000 }

/** A function that rested so many milliseconds may have been frozen meanwhile. */
const askAfter = 2_000

/**
 * The stores that the environment names: tables of DynamoDB, and documents in PostgreSQL. Who connects as the reader cannot
 * write documents. Commits are placed in the feed by the publisher.
 *
 * @throws EngineError when the environment is not complete
 */
export function storesOf(environment: Environment): OpenEngine {
  const places = decodeApps(environment.WEIR_APPS)
  const readOnly = !environment.DATABASE_URL && environment.DATABASE_USER === databaseRoles.reader
  const isServer = environment.WEIR_FUNCTION === 'api' || environment.WEIR_FUNCTION === 'operations'
  const readModels = postgresReadModels({
    ...databaseOf(environment),
    ...{ connections, askAfter, readOnly, connectTimeout: connectTimeout[isServer ? 'api' : 'others'] },
  })
  const tables = (application: string) => {
    const place = places[application]
    if (place) return place
    throw new EngineError(`WEIR_APPS does not name the application '${application}'.`)
  }
  return dynamodbEngine({ tables, readModels, places: false })
}
