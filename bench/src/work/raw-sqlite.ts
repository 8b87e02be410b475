import { strict as assert } from 'node:assert'
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { perSecond } from '../measure.ts'
import { PAYLOAD } from './payload.ts'

/** What node:sqlite alone does with rows of the size of a commit: WAL, synchronous=FULL. */

/** Rows alone, and rows in a table with the same key and index as the log's. */
const tables = {
  bare: 'CREATE TABLE rows (position INTEGER PRIMARY KEY, stream TEXT, version INTEGER, payload TEXT) STRICT',
  log: `CREATE TABLE rows (position INTEGER PRIMARY KEY, stream TEXT NOT NULL, version INTEGER NOT NULL,
    payload TEXT NOT NULL, UNIQUE (stream, version)) STRICT`,
} as const
export type Table = keyof typeof tables

/** Rows per second with a durable commit for each. */
export function rawSingleRows(directory: string, rows: number): Promise<number> {
  return withTable(directory, 'bare', (insert) => perSecond(rows, () => insert(rows, 1)))
}

/** Rows per second with a durable commit for every 1,000. */
export function rawBatches(directory: string, rows: number): Promise<number> {
  return withTable(directory, 'bare', (insert) => perSecond(rows, () => insert(rows, 1000)))
}

/** Inserts so many rows more with a durable commit for every `batch`, and tells how long each commit took, in ms. */
export type Insert = (rows: number, batch: number) => number[]

/** Runs with an empty table in a folder, and checks that it holds as many rows as were inserted. */
export async function withTable<Result>(
  directory: string,
  table: Table,
  measure: (insert: Insert, database: DatabaseSync) => Promise<Result>,
): Promise<Result> {
  const database = new DatabaseSync(join(directory, 'raw.db'))
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  database.exec(tables[table])
  const statement = database.prepare('INSERT INTO rows (stream, version, payload) VALUES (?, ?, ?)')
  let inserted = 0
  const insert: Insert = (rows, batch) => {
    const commits: number[] = []
    for (let left = rows; left > 0; left -= batch) {
      const start = performance.now()
      insertBatch(database, statement, inserted, batch)
      inserted += batch
      commits.push(performance.now() - start)
    }
    return commits
  }
  try {
    const result = await measure(insert, database)
    assert.equal(database.prepare('SELECT count(*) AS rows FROM rows').get()?.rows, inserted)
    return result
  } finally {
    database.close()
  }
}

function insertBatch(database: DatabaseSync, statement: StatementSync, first: number, rows: number): void {
  if (rows > 1) database.exec('BEGIN')
  for (let row = first; row < first + rows; row += 1) statement.run(`account-${row}`, 1, PAYLOAD)
  if (rows > 1) database.exec('COMMIT')
}
