import { EngineError } from 'weir/ports'
import type { Database, Query } from './database.ts'
import { codeOf } from './errors.ts'
import { schema } from './schema.ts'

type Name = (table: string) => string

/**
 * What makes the tables of each version out of those of the version before; the first makes them out of nothing. Steps
 * stay as they are, whatever the tables become later.
 */
const steps: readonly ((name: Name) => string)[] = [schema]

/** The version of the tables that this code knows. */
export const schemaVersion: number = steps.length

/** What there is under the name of a schema: nothing, a schema with nothing in it, or a store of some version. */
export type Found = 'nothing' | 'empty' | number

/** What became of a store: it was made, was of this version already, or was of an older one. */
export type Migration = 'created' | 'current' | `upgraded from ${number}`

/**
 * Looks what there is, and changes nothing.
 *
 * @throws EngineError when it is not Weir's, or of a newer version
 */
export async function inspect(database: Database, query: Query): Promise<Found> {
  const [found] = await query<{ relations: number }>(
    `SELECT (SELECT count(*) FROM pg_class WHERE relnamespace = schema.oid) AS relations
      FROM pg_namespace schema WHERE nspname = $1`,
    [database.schema],
  )
  if (!found) return 'nothing'
  if (found.relations === 0) return 'empty'
  const version = await readVersion(database, query)
  if (version === undefined) throw foreign(database)
  if (version > schemaVersion) throw newer(database)
  return version
}

/**
 * Brings the tables of a store to the version that this code knows, all in one transaction, also when many processes start
 * at once: one does it, the others wait, and find it done. A process that is killed meanwhile leaves the store as it was.
 *
 * @throws EngineError when the role may not do so, or as `inspect` does
 */
export async function migrate(database: Database): Promise<Migration> {
  return database.transaction(
    async (query): Promise<Migration> => {
      await lock(database, query)
      const found = await inspect(database, query)
      if (found === schemaVersion) return 'current'
      const version = typeof found === 'number' ? found : 0
      if (found === 'nothing') await query(`CREATE SCHEMA ${database.quotedSchema}`)
      for (const step of steps.slice(version)) await query(step((table) => database.name(table)))
      await query(
        `INSERT INTO ${database.name('meta')} VALUES ('version', $1)
          ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
        [String(schemaVersion)],
      )
      return version === 0 ? 'created' : `upgraded from ${version}`
    },
    { patient: true },
  )
}

/** Lets one process after the other change what a store is; it lasts until the end of the transaction. */
export async function lock(database: Database, query: Query): Promise<void> {
  await query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`weir ${database.schema}`])
}

async function readVersion(database: Database, query: Query): Promise<number | undefined> {
  try {
    const [row] = await query<{ value: string }>(`SELECT value FROM ${database.name('meta')} WHERE key = 'version'`)
    return row && Number(row.value)
  } catch (error) {
    // There is no such table, or it has no such columns.
    if (codeOf(error) === '42P01' || codeOf(error) === '42703') return undefined
    throw error
  }
}

function foreign({ server, schema }: Database): EngineError {
  return new EngineError(
    `${server}: the schema ${JSON.stringify(schema)} is not Weir's. ` +
      'Rename it, give the application another name, or use another database.',
  )
}

function newer({ server, schema }: Database): EngineError {
  return new EngineError(
    `${server}: the schema ${JSON.stringify(schema)} was written by a newer version of Weir. ` +
      'Use that version, or a newer one.',
  )
}
