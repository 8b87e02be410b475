import type { Engine, OpenEngine } from 'weir/ports'
import { Appended } from './appended.ts'
import { check } from './check.ts'
import { isAtLeast } from './cursor.ts'
import { Database } from './database.ts'
import { PostgresEventStore } from './event-store.ts'
import { Feed } from './feed.ts'
import { openForReading, openStore } from './open.ts'
import { PostgresReadModelStore } from './read-model-store.ts'
import { Removal } from './removal.ts'
import { PostgresRoster } from './roster.ts'
import { checkOwn } from './source.ts'

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database` */
  readonly url: string
  /** How many connections an application has at most, beside the one that listens; 8 by default. */
  readonly connections?: number
  /** Whether a connection listens for what other processes append; it does by default. Else the log is looked at. */
  readonly listen?: boolean
  /** Into how many partitions the streams of a projection are divided; 4 by default. */
  readonly partitions?: number
  /**
   * For tools that look at a store, also while others use it: nothing is written, and what would write rejects. Nobody is
   * told of what is appended.
   */
  readonly readOnly?: boolean
  /** With `readOnly`: shows the store as it is when it is opened, whatever is written meanwhile. */
  readonly pinned?: boolean
}

/**
 * The engine for many processes: one schema of a PostgreSQL database an application, named like it. It works behind a
 * pooler that gives each transaction another connection.
 *
 * @returns a function that opens the store of an application; it makes the schema, or brings it up to date, when its role
 * may. It throws an `EngineError` when the server cannot be used, the schema is not Weir's, or was written by a newer
 * version. To look only, the store has to be there, and of this version.
 * @example
 * const open = postgresEngine({ url: 'postgres://app:secret@db.internal:5432/shop' })
 * const engine = await open('box-office') // tables in the schema "box-office"
 */
export function postgresEngine(options: PostgresOptions): OpenEngine {
  const { url, connections = 8, readOnly = false, pinned = false } = options
  return async (application) => {
    const database = new Database({ url, schema: application, connections, readOnly, pinned })
    try {
      return await (readOnly ? openReadOnlyEngine(database, options) : openEngine(database, options))
    } catch (error) {
      await database.close()
      throw error
    }
  }
}

/** Opens the store on connections that are the engine's from now on. */
export async function openEngine(
  database: Database,
  { listen = true, partitions = 4 }: Pick<PostgresOptions, 'listen' | 'partitions'>,
): Promise<Engine> {
  const { storeId, epoch } = await openStore(database)
  await checkOwn(database)
  database.epoch = epoch
  const feed = new Feed(database)
  const appended = new Appended(database, feed, listen)
  const removal = new Removal(database)
  // What fails now is tried again by the next drop, or the next start.
  removal.run().catch(() => {})
  return {
    storeId,
    epoch,
    events: new PostgresEventStore(database, feed, appended),
    readModels: new PostgresReadModelStore(database, isAtLeast, removal),
    roster: new PostgresRoster(database),
    partitions,
    check: () => check(database),
    close: async () => {
      await Promise.all([removal.stop(), appended.close()])
      await database.close()
    },
  }
}

async function openReadOnlyEngine(
  database: Database,
  { partitions = 4 }: Pick<PostgresOptions, 'partitions'>,
): Promise<Engine> {
  const { storeId, epoch, offset } = await openForReading(database)
  await checkOwn(database)
  return {
    storeId,
    epoch,
    events: new PostgresEventStore(database, new Feed(database, offset)),
    readModels: new PostgresReadModelStore(database, isAtLeast),
    roster: new PostgresRoster(database),
    partitions,
    check: async () => {
      await database.read('SELECT 1')
    },
    close: () => database.close(),
  }
}
