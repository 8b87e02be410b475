import { existsSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { Database } from './database.ts'
import type { OpenedStore } from './open.ts'
import { openForReading } from './open.ts'

/** A store that is open for reading. */
export interface Reader {
  readonly store: OpenedStore
  close(): void
}

/**
 * Opens a store to look at it, also while another process uses it: takes no lock, and leaves the files as they are.
 *
 * SQLite puts a log and an index beside a file that nobody has open, and a connection that cannot write leaves them there.
 * They are removed in SQLite's own way, by one that could write and has nothing to: so a process that has opened the store
 * meanwhile is safe.
 *
 * @param pinned whether all reads show one moment: the log cannot be emptied while they do
 */
export function openReader(path: string, pinned = false): Reader {
  const wasClosed = !existsSync(logOf(path))
  const tidy = () => {
    if (wasClosed) removeEmptyLog(path)
  }
  try {
    const store = openForReading(path)
    if (pinned) pin(store.database)
    const close = () => {
      store.database.close()
      tidy()
    }
    return { store, close }
  } catch (error) {
    tidy()
    throw error
  }
}

/** A transaction that is open sees what was there at its first read. */
function pin(database: Database): void {
  database.exec('BEGIN')
  database.value('SELECT count(*) FROM sqlite_schema')
}

/** What is in a log would be moved into the file: then it is left to the process that wrote it. */
function removeEmptyLog(path: string): void {
  if (!existsSync(logOf(path)) || statSync(logOf(path)).size > 0) return
  const connection = new DatabaseSync(path)
  try {
    connection.prepare('SELECT count(*) FROM sqlite_schema').get()
  } finally {
    connection.close()
  }
}

function logOf(path: string): string {
  return `${path}-wal`
}
