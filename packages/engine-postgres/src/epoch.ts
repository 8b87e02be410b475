import { randomUUID } from 'node:crypto'
import { EngineError } from 'weir/ports'
import { newestXid } from './cursor.ts'
import type { Database, Query } from './database.ts'
import { lock } from './upgrade.ts'

/** Who a store is. */
export interface Identity {
  readonly storeId: string
  readonly epoch: string
  /** What is to be added to xids while nobody has opened the store since it was restored; else it is in `meta`. */
  readonly offset: number | undefined
}

interface Facts {
  readonly store: string | null
  readonly epoch: string | null
  readonly isHere: boolean | null
}

/**
 * Reads who the store is; draws an id and an epoch when it is new. The epoch stays for as long as the store is in the same
 * database of the same cluster. A dump that was restored, or a copy, is in another: then
 *
 * 1. its history goes its own way, and gets an epoch of its own;
 * 2. xids of the new place mean nothing beside those that are recorded. So an offset is added to them from now on, by
 *    which they are larger than all that commits and cursors speak of: what was committed before stays before.
 */
export async function identify(database: Database): Promise<Identity> {
  const { store, epoch, isHere } = await readFacts(database, (sql, values) => database.read(sql, values))
  if (store && epoch && isHere) return { storeId: store, epoch, offset: undefined }
  return database.transaction(async (query) => {
    await lock(database, query)
    const facts = await readFacts(database, query)
    const storeId = facts.store ?? randomUUID()
    if (facts.store && facts.epoch && facts.isHere) return { storeId, epoch: facts.epoch, offset: undefined }
    const fresh = randomUUID()
    const offset = await largestXid(database, query)
    await write(database, query, { store: storeId, epoch: fresh, offset: String(offset) })
    await settle(database, query)
    return { storeId, epoch: fresh, offset: undefined }
  })
}

/** Reads who the store is, and changes nothing; a copy says the same as its original, until it is opened for writing. */
export async function readIdentity(database: Database): Promise<Identity> {
  const query: Query = (sql, values) => database.read(sql, values)
  const { store, epoch, isHere } = await readFacts(database, query)
  if (!store || !epoch)
    throw new EngineError(`${database.server}: the store was never opened. Start the application once.`)
  return { storeId: store, epoch, offset: isHere ? undefined : await largestXid(database, query) }
}

/** Writes the time, to see whether anything can be written. */
export async function touch(database: Database): Promise<void> {
  await database.query(
    `INSERT INTO ${database.name('meta')} SELECT 'checked', now()
      FROM ${database.name('check_place')}($1), set_config('synchronous_commit', 'off', true) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
    [database.epoch],
  )
}

async function readFacts(database: Database, query: Query): Promise<Facts> {
  const value = (key: string) => `(SELECT value FROM ${database.name('meta')} WHERE key = '${key}')`
  const [facts] = await query<Facts>(
    `SELECT ${value('store')} AS store, ${value('epoch')} AS epoch,
      ${database.name('is_here')}(${value('cluster')}) AS "isHere"`,
  )
  return facts ?? { store: null, epoch: null, isHere: null }
}

/** The largest xid that commits or cursors speak of. */
async function largestXid(database: Database, query: Query): Promise<number> {
  const [commits] = await query<{ xid: number }>(`SELECT coalesce(max(xid), 0) AS xid FROM ${database.name('commits')}`)
  const cursors = await query<{ cursor: string }>(
    `SELECT cursor FROM ${database.name('partitions')} WHERE cursor IS NOT NULL`,
  )
  return Math.max(commits?.xid ?? 0, ...cursors.map(({ cursor }) => newestXid(cursor)))
}

/** Takes the store's place down. A dump may be older than its sequence says, but positions are never given twice. */
async function settle(database: Database, query: Query): Promise<void> {
  await query(
    `INSERT INTO ${database.name('meta')} VALUES ('cluster', ${database.name('cluster')}())
      ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
  )
  await query(
    `SELECT setval($1, newest) FROM (SELECT max(position) AS newest FROM ${database.name('commits')}) AS commits
      WHERE newest > (SELECT last_value FROM ${database.name('positions')})`,
    [database.name('positions')],
  )
}

async function write(database: Database, query: Query, facts: Readonly<Record<string, string>>): Promise<void> {
  await query(
    `INSERT INTO ${database.name('meta')} SELECT * FROM unnest($1::text[], $2::text[])
      ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
    [Object.keys(facts), Object.values(facts)],
  )
}
