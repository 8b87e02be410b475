import type { EventSource, OpenReadModels, ReadModels } from 'weir/ports'
import { check } from './check.ts'
import { Database } from './database.ts'
import { openForReading, openStore } from './open.ts'
import { PostgresReadModelStore } from './read-model-store.ts'
import { Removal } from './removal.ts'
import { PostgresRoster } from './roster.ts'
import { claim } from './source.ts'

export interface PostgresReadModelsOptions {
  /** `postgres://user:password@host:port/database` */
  readonly url: string
  /** Gives the password of each new connection, in place of one in the URL: where it is good for a while only. */
  readonly password?: (() => Promise<string>) | undefined
  /** How long to wait for a connection, in milliseconds; 5 s by default. A database that sleeps takes longer to wake. */
  readonly connectTimeout?: number | undefined
  /** How many connections an application has at most; 8 by default. */
  readonly connections?: number
  /**
   * Milliseconds of rest after which a connection is asked whether it is still there before it is used: for processes that
   * are frozen at times, and do not hear that it was closed. Never, by default.
   */
  readonly askAfter?: number | undefined
  /** For tools that look at read models, also while others use them: nothing is written, and what would write rejects. */
  readonly readOnly?: boolean
}

/**
 * The read models of engines that keep only events: one schema of a PostgreSQL database an application, named like it, made
 * and brought up to date as by `postgresEngine`; its tables for events stay empty.
 *
 * @returns a function that opens the read models of an application. It throws an `EngineError` when the server cannot be
 * used, the schema is not Weir's, or its read models were made of the events of another store or epoch
 * @example
 * dynamodbEngine({ …, readModels: postgresReadModels({ url: 'postgres://app:secret@db.internal:5432/shop' }) })
 */
export function postgresReadModels(options: PostgresReadModelsOptions): OpenReadModels {
  const { connections = 8, readOnly = false } = options
  return async (application, source) => {
    const database = new Database({ ...options, schema: application, connections, readOnly })
    try {
      return await (readOnly ? openToLook(database, source) : open(database, source))
    } catch (error) {
      await database.close()
      throw error
    }
  }
}

async function open(database: Database, source: EventSource): Promise<ReadModels> {
  const { epoch } = await openStore(database)
  await claim(database, source)
  database.epoch = epoch
  const removal = new Removal(database)
  // What fails now is tried again by the next drop, or the next start.
  removal.run().catch(() => {})
  return {
    readModels: new PostgresReadModelStore(database, source.isAtLeast, removal),
    roster: new PostgresRoster(database),
    check: () => check(database),
    close: async () => {
      await removal.stop()
      await database.close()
    },
  }
}

async function openToLook(database: Database, source: EventSource): Promise<ReadModels> {
  await openForReading(database)
  await claim(database, source)
  return {
    readModels: new PostgresReadModelStore(database, source.isAtLeast),
    roster: new PostgresRoster(database),
    check: async () => {
      await database.read('SELECT 1')
    },
    close: () => database.close(),
  }
}
