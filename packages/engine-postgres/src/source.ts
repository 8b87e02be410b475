import { EngineError, type EventSource } from 'weir/ports'
import type { Database, Query } from './database.ts'
import { lock } from './upgrade.ts'

type Source = Pick<EventSource, 'storeId' | 'epoch'>

/** Of which events the read models of a schema are made. */
interface Facts {
  /** `<store> <epoch>` of a store elsewhere, if they are made of its events. */
  readonly source: string | null
  /** Whether there are events here, or read models that were made of such. */
  readonly isOwn: boolean
}

/**
 * Notes of which store's events the read models of a schema are made, when there are none yet.
 *
 * @throws EngineError when they are made of others: of another store, or of this one before it was restored
 */
export async function claim(database: Database, { storeId, epoch }: Source): Promise<void> {
  const own = `${storeId} ${epoch}`
  let facts = await readFacts(database, (sql, values) => database.read(sql, values))
  if (facts.source === null && !facts.isOwn) facts = await database.transaction((query) => note(database, query, own))
  if (facts.source === own) return
  const why = facts.source?.startsWith(`${storeId} `)
    ? 'were made of the events of this store before it was restored or copied, and may show what it lacks'
    : `were made of the events of another store${facts.source === null ? ', which are in that schema' : ''}`
  throw refusal(
    database,
    `has read models that ${why}. Give the URL of another database, or remove these with DROP SCHEMA ` +
      `${database.quotedSchema} CASCADE: they are folded anew, but policies go on from the end of the log.`,
  )
}

/**
 * Sees to it that the read models of a schema are made of the events that are there.
 *
 * @throws EngineError when they are made of those of a store elsewhere
 */
export async function checkOwn(database: Database): Promise<void> {
  const { source } = await readFacts(database, (sql, values) => database.read(sql, values))
  if (source === null) return
  throw refusal(
    database,
    'has only read models, of the events of a store elsewhere. Open that one, or give the URL of another database.',
  )
}

async function note(database: Database, query: Query, source: string): Promise<Facts> {
  await lock(database, query)
  await query(`INSERT INTO ${database.name('meta')} VALUES ('source', $1) ON CONFLICT DO NOTHING`, [source])
  return readFacts(database, query)
}

async function readFacts(database: Database, query: Query): Promise<Facts> {
  const [facts] = await query<Facts>(
    `SELECT (SELECT value FROM ${database.name('meta')} WHERE key = 'source') AS source,
      EXISTS (SELECT FROM ${database.name('commits')}) OR EXISTS (SELECT FROM ${database.name('models')}) AS "isOwn"`,
  )
  return facts ?? { source: null, isOwn: false }
}

function refusal({ server, schema }: Database, why: string): EngineError {
  return new EngineError(`${server}: the schema ${JSON.stringify(schema)} ${why}`)
}
