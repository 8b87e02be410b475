import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { sqliteEngine } from '@weir/engine-sqlite'
import { type Engine, EngineError, type OpenEngine } from 'weir/ports'
import { show } from '../apps/locate.ts'
import { type DynamodbTables, importDynamodb } from '../dynamodb/tables.ts'
import type { Settings } from '../settings.ts'
import { placeOfStore } from '../store.ts'

/** The stores of applications, to look at: each as it is when it is opened. */
export interface Stores {
  /** Undefined when nothing is recorded yet. */
  open(application: string): Promise<Engine | undefined>
  /** Says that there are none of these applications, and what to do. */
  explainNone(applications: readonly string[]): string
}

const toLookAt = { readOnly: true, pinned: true } as const

export async function storesOf(settings: Settings): Promise<Stores> {
  const { data, database, dynamodb } = settings
  if (database === undefined) return filesIn(resolve(data))
  return serverStores(await (dynamodb ? openTables(dynamodb, database) : openSchemas(database)), settings)
}

function filesIn(directory: string): Stores {
  const open = sqliteEngine({ directory, ...toLookAt })
  return {
    open: async (application) =>
      existsSync(join(directory, `${application}.db`)) ? await open(application) : undefined,
    explainNone: (applications) =>
      `There is no ${applications.map((name) => `${name}.db`).join(', ')} in ${show(directory)}. ` +
      'Say where the data is with --data, or with DATABASE_URL when it is in PostgreSQL.',
  }
}

async function openSchemas(url: string): Promise<OpenEngine> {
  const { postgresEngine } = await import('@weir/engine-postgres')
  return postgresEngine({ url, ...toLookAt })
}

async function openTables({ prefix }: DynamodbTables, url: string): Promise<OpenEngine> {
  const [{ dynamodbEngine }, { postgresReadModels }] = await Promise.all([
    importDynamodb(),
    import('@weir/engine-postgres'),
  ])
  return dynamodbEngine({ tables: prefix, readModels: postgresReadModels({ url, readOnly: true }), readOnly: true })
}

function serverStores(open: OpenEngine, settings: Settings): Stores {
  return {
    open: (application) => openIfThere(open, application),
    explainNone: (applications) =>
      `${placeOfStore(settings)}: nothing is recorded of ${applications.join(', ')} yet. Say where the data is with DATABASE_URL.`,
  }
}

async function openIfThere(open: OpenEngine, application: string): Promise<Engine | undefined> {
  try {
    return await open(application)
  } catch (error) {
    // Whether a store is there is known only when it is opened, and told in words only.
    if (error instanceof EngineError && /there is no (store in the schema|table )/.test(error.message)) return undefined
    throw error
  }
}
