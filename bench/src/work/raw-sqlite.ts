import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { perSecond } from '../measure.ts'
import { PAYLOAD } from './payload.ts'

/** What node:sqlite alone does with rows of the size of a commit: WAL, synchronous=FULL, one index beside the key. */

/** Rows per second with a durable commit for each. */
export function rawSingleRows(directory: string, rows: number): Promise<number> {
  return withTable(directory, (_, insert) =>
    perSecond(rows, () => {
      for (let row = 0; row < rows; row += 1) insert.run(`account-${row}`, 1, PAYLOAD)
    }),
  )
}

/** Rows per second with a durable commit for every 1,000. */
export function rawBatches(directory: string, rows: number): Promise<number> {
  return withTable(directory, (database, insert) =>
    perSecond(rows, () => {
      for (let first = 0; first < rows; first += 1000) {
        database.exec('BEGIN')
        for (let row = first; row < first + 1000; row += 1) insert.run(`account-${row}`, 1, PAYLOAD)
        database.exec('COMMIT')
      }
    }),
  )
}

async function withTable(
  directory: string,
  measure: (database: DatabaseSync, insert: StatementSync) => Promise<number>,
): Promise<number> {
  const database = new DatabaseSync(join(directory, 'raw.db'))
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  database.exec('CREATE TABLE rows (position INTEGER PRIMARY KEY, stream TEXT, version INTEGER, payload TEXT) STRICT')
  try {
    return await measure(database, database.prepare('INSERT INTO rows (stream, version, payload) VALUES (?, ?, ?)'))
  } finally {
    database.close()
  }
}
