import { strict as assert } from 'node:assert'
import { Client } from 'pg'
import { ask, perSecond } from '../measure.ts'
import { PAYLOAD } from './payload.ts'

/** What PostgreSQL alone does with rows of the size of a commit, in a table with the same key and indexes as the log's. */

const COLUMNS = `
    xid bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    stream text COLLATE "C" NOT NULL, version bigint NOT NULL, payload text NOT NULL`

/** Rows alone, and rows in a table with the same key and indexes as the log's. */
const tables = {
  bare: `CREATE TABLE commits (position bigserial, ${COLUMNS})`,
  log: `
  CREATE SEQUENCE positions;
  CREATE TABLE commits (position bigint PRIMARY KEY DEFAULT nextval('positions'), ${COLUMNS}, UNIQUE (stream, version));
  CREATE INDEX ON commits (xid)`,
} as const
export type Table = keyof typeof tables

export const BATCH = 1000

/** Rows per second with a transaction for each, by callers that have a connection each. */
export function rawSingleRows(url: string, callers: number, rows: number): Promise<number> {
  return withTable(url, callers, 'log', ({ single }) => perSecond(rows, () => ask(callers, rows, single)))
}

/** Rows per second with a transaction for every 1,000, on one connection. */
export function rawBatches(url: string, rows: number): Promise<number> {
  return withTable(url, 1, 'log', ({ batch }) =>
    perSecond(rows, async () => {
      for (let first = 0; first < rows; first += BATCH) await batch(first)
    }),
  )
}

/** Inserts one row, or 1,000 in a transaction: the first of them has this number. */
interface Inserts {
  single(row: number): Promise<void>
  batch(first: number): Promise<void>
}

/** Runs with an empty table, and checks that it holds as many rows as were inserted. */
export async function withTable<Result>(
  url: string,
  connections: number,
  table: Table,
  measure: (inserts: Inserts) => Promise<Result>,
): Promise<Result> {
  const clients = Array.from({ length: connections }, () => new Client({ connectionString: url }))
  await Promise.all(clients.map((client) => client.connect()))
  const free = [...clients]
  let inserted = 0
  const insert = async (rows: number, sql: string, values: readonly unknown[]) => {
    const client = free.pop()
    if (!client) throw new Error('there are more callers than connections')
    await client.query(sql, [...values])
    inserted += rows
    free.push(client)
  }
  try {
    await clients[0]?.query(tables[table])
    const result = await measure({
      single: (row) => insert(1, SINGLE, [`account-${row}`, PAYLOAD]),
      batch: (first) => insert(BATCH, BATCHED, [PAYLOADS.map((_, index) => `account-${first + index}`), PAYLOADS]),
    })
    const found = await clients[0]?.query('SELECT count(*)::int AS rows FROM commits')
    assert.equal(found?.rows[0].rows, inserted)
    return result
  } finally {
    await Promise.all(clients.map((client) => client.end()))
  }
}

const SINGLE = 'INSERT INTO commits (stream, version, payload) VALUES ($1, 1, $2)'
const BATCHED = `INSERT INTO commits (stream, version, payload) SELECT stream, 1, payload
    FROM unnest($1::text[], $2::text[]) AS row (stream, payload)`
const PAYLOADS = Array.from({ length: BATCH }, () => PAYLOAD)
