import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { sqliteEngine } from '@weir/engine-sqlite'
import { type Engine, EngineError, type OpenEngine } from 'weir/ports'
import { show } from '../apps/locate.ts'
import { placeOf } from '../postgres/database-url.ts'
import type { Settings } from '../settings.ts'

/** The stores of applications, to look at: each as it is when it is opened. */
export interface Stores {
  /** Undefined when nothing is recorded yet. */
  open(application: string): Promise<Engine | undefined>
  /** Says that there are none of these applications, and what to do. */
  explainNone(applications: readonly string[]): string
}

const toLookAt = { readOnly: true, pinned: true } as const

export async function storesOf({ data, database }: Settings): Promise<Stores> {
  return database === undefined ? filesIn(resolve(data)) : schemasAt(database)
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

async function schemasAt(url: string): Promise<Stores> {
  const { postgresEngine } = await import('@weir/engine-postgres')
  const open = postgresEngine({ url, ...toLookAt })
  return {
    open: (application) => openIfThere(open, application),
    explainNone: (applications) =>
      `${placeOf(url)}: nothing is recorded of ${applications.join(', ')} yet. Say where the data is with DATABASE_URL.`,
  }
}

async function openIfThere(open: OpenEngine, application: string): Promise<Engine | undefined> {
  try {
    return await open(application)
  } catch (error) {
    // Whether a schema is there is known only when it is opened, and told in words only.
    if (error instanceof EngineError && error.message.includes('there is no store in the schema')) return undefined
    throw error
  }
}
