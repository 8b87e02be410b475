import { memoryEngine } from 'weir/memory'
import type { OpenReadModels } from 'weir/ports'
import { importDynamodb, readTables } from '../dynamodb/tables.ts'
import { CliError } from '../errors.ts'
import { readDatabase } from '../postgres/database-url.ts'
import type { StoresAt } from './stores.ts'

/**
 * Stores in DynamoDB: the tables `<prefix><application>-events` and `-index`.
 *
 * @param named the prefix; what the environment says when it is empty
 * @param isWhole whether policies are read and written, too: they are kept in the PostgreSQL of `DATABASE_URL`
 * @throws UsageError when the prefix cannot begin the name of a table
 */
export function tablesWith(named: string, isWhole: boolean): StoresAt {
  const { DYNAMODB_TABLES, ...environment } = process.env
  const { prefix, makes } = readTables({ ...environment, DYNAMODB_TABLES: named || DYNAMODB_TABLES })
  return {
    name: `dynamodb:${prefix}`,
    applications: async () => (await importDynamodb()).dynamodbApplications(prefix),
    open: async (application) => {
      const { dynamodbEngine, openPlacing } = await importDynamodb()
      const readModels = await readModelsOf(isWhole, true)
      const names = { events: `${prefix}${application}-events`, index: `${prefix}${application}-index` }
      await placeAll(await openPlacing({ tables: names }))
      return dynamodbEngine({ tables: prefix, readModels, readOnly: true })(application)
    },
    make: async (application) => {
      const { dynamodbEngine } = await importDynamodb()
      const readModels = await readModelsOf(isWhole, false)
      return dynamodbEngine({ tables: prefix, readModels, createTables: makes })(application)
    },
  }
}

/** What was recorded, but is not in the feed yet: whoever recorded it may be gone. */
async function placeAll(placing: { reconcile(): Promise<unknown>; close(): void }): Promise<void> {
  try {
    await placing.reconcile()
  } finally {
    placing.close()
  }
}

async function readModelsOf(isWhole: boolean, readOnly: boolean): Promise<OpenReadModels> {
  if (!isWhole) return memoryEngine()
  const url = readDatabase(process.env)
  if (url === undefined) {
    throw new CliError(
      'Policies of a store in DynamoDB are kept in PostgreSQL. Set DATABASE_URL to where, ' +
        'or leave timers and dead letters behind with --without-policies.',
    )
  }
  const { postgresReadModels } = await import('@weir/engine-postgres')
  return postgresReadModels({ url, connections: 2, readOnly })
}
