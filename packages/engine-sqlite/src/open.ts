import { existsSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { EngineError } from 'weir/ports'
import { Database } from './database.ts'
import { identify, readIdentity } from './epoch.ts'
import type { Lock } from './lock.ts'
import { applicationId, schema, schemaVersion } from './schema.ts'
import { upgrade } from './upgrade.ts'

export interface OpenedStore {
  readonly database: Database
  readonly storeId: string
  readonly epoch: string
}

/**
 * Up to this size every page is checked when the file is opened, which takes about a tenth of a second. A
 * larger file would delay each start by more than its users accept; there, damage shows when its page is read, and
 * SQLite reports it then.
 */
const checkedSize = 64 * 1024 * 1024

/** SQLite's smallest page. What is shorter it takes for an empty file, and would overwrite. */
const smallestFile = 512

/**
 * A checkpoint every 4,000 pages (16 MB) takes about 20 ms; a larger log would save writes and cost longer pauses. A
 * write-ahead log that a long reader let grow is cut to 64 MB again.
 */
const settings = `
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA wal_autocheckpoint = 4000;
PRAGMA journal_size_limit = 67108864;
PRAGMA cache_size = -16384;
`

/**
 * Opens the database of a store, or creates it.
 *
 * @throws EngineError when the file is not one of Weir's, is damaged or too new; it is not changed then
 */
export function openStore(path: string, lock: Lock): OpenedStore {
  const isNew = !existsSync(path) || inspect(path) === 'empty'
  const database = new Database(path)
  try {
    database.exec(settings)
    if (isNew) database.transaction(() => database.exec(schema))
    else upgrade(database)
    const { storeId, epoch } = identify(database, lock)
    return { database, storeId, epoch }
  } catch (error) {
    database.close()
    throw error
  }
}

/**
 * Opens the database of a store to look at it, also while its process runs.
 *
 * @throws EngineError when there is no store, or when it cannot be read as it is
 */
export function openForReading(path: string): OpenedStore {
  if (!existsSync(path) || inspect(path) === 'empty') throw missing(path)
  const database = new Database(path, { readOnly: true })
  try {
    database.exec('PRAGMA cache_size = -16384')
    if (Number(database.value('PRAGMA user_version')) < schemaVersion) throw older(path)
    return { database, ...readIdentity(database) }
  } catch (error) {
    database.close()
    throw error
  }
}

/**
 * Whether a file is a database of another program, such as the books that a service keeps beside the stores. What is no
 * database at all, or cannot be read, is not: whoever opens it says what is wrong.
 */
export function isForeign(path: string): boolean {
  try {
    inspect(path)
    return false
  } catch (error) {
    return error instanceof ForeignDatabase
  }
}

/** Looks at the file without right to write, so that what is not Weir's stays as it is, also its write-ahead log. */
function inspect(path: string): 'empty' | 'store' {
  const { size } = statSync(path)
  if (size === 0) return 'empty'
  if (size < smallestFile) throw noDatabase(path)
  const connection = new DatabaseSync(path, { readOnly: true })
  try {
    const number = (sql: string) => Number(Object.values(connection.prepare(sql).get() ?? {})[0])
    const application = number('PRAGMA application_id')
    if (application === 0 && number('SELECT count(*) FROM sqlite_schema') === 0) return 'empty'
    if (application !== applicationId) throw new ForeignDatabase(path)
    if (number('PRAGMA user_version') > schemaVersion) throw newer(path)
    if (size <= checkedSize) checkPages(connection, path)
    return 'store'
  } finally {
    connection.close()
  }
}

function checkPages(connection: DatabaseSync, path: string): void {
  const finding = String(connection.prepare('PRAGMA quick_check(1)').get()?.quick_check)
  // A heading that names the database comes first.
  if (finding !== 'ok') throw damaged(path, finding.split('\n').at(-1) ?? finding)
}

function noDatabase(path: string): EngineError {
  return new EngineError(
    `${path}: the file is not a database. Move it away to start anew, or choose another --data directory.`,
  )
}

/** The file is a database, but not one of Weir's. */
class ForeignDatabase extends EngineError {
  constructor(path: string) {
    super(`${path} is a database of another program. Move it away to start anew, or choose another --data directory.`)
  }
}

function missing(path: string): EngineError {
  return new EngineError(
    `${path}: there is no such store. Start the application once to make it, or choose another --data directory.`,
  )
}

function older(path: string): EngineError {
  return new EngineError(`${path} was written by an earlier version of Weir. Start the application once to upgrade it.`)
}

function newer(path: string): EngineError {
  return new EngineError(`${path} was written by a newer version of Weir. Use that version, or a newer one.`)
}

function damaged(path: string, reason: string): EngineError {
  return new EngineError(
    `${path}: the file is damaged (${reason}). Restore it from a backup, or move it away to start anew.`,
  )
}
