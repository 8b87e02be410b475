import { memoryEngine } from 'weir/memory'
import type { Engine, OpenReadModels } from 'weir/ports'
import { CliError } from '../errors.ts'
import { readDatabase } from '../postgres/database-url.ts'
import type { StoresAt } from './stores.ts'

/** An emulator has nobody else who makes tables. */
const makesTables = () => process.env.AWS_ENDPOINT_URL_DYNAMODB !== undefined

/**
 * Stores in DynamoDB: the tables `<prefix>-<application>-events` and `-index`, as they are deployed.
 *
 * @param isWhole whether policies are read and written, too: they are kept in the PostgreSQL of `DATABASE_URL`
 */
export function tablesWith(prefix: string, isWhole: boolean): StoresAt {
  const namesOf = (application: string) => {
    return { events: `${prefix}-${application}-events`, index: `${prefix}-${application}-index` }
  }
  return {
    name: `dynamodb:${prefix}`,
    applications: async () => (await engine()).dynamodbApplications(`${prefix}-`),
    open: async (application) => {
      const { dynamodbEngine, openPlacing } = await engine()
      const readModels = await readModelsOf(isWhole, true)
      await placeAll(await openPlacing({ tables: namesOf(application) }))
      return dynamodbEngine({ tables: namesOf, readModels, places: false })(application)
    },
    make: async (application): Promise<Engine> => {
      const { dynamodbEngine } = await engine()
      const readModels = await readModelsOf(isWhole, false)
      return dynamodbEngine({ tables: namesOf, readModels, createTables: makesTables() })(application)
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

async function engine(): Promise<typeof import('@weir/engine-dynamodb')> {
  try {
    return await import('@weir/engine-dynamodb')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'ERR_MODULE_NOT_FOUND' || !message.includes("'@weir/engine-dynamodb'")) throw error
    const what = 'Stores in DynamoDB need the package @weir/engine-dynamodb: npm install @weir/engine-dynamodb'
    throw new CliError(what, { cause: error })
  }
}
