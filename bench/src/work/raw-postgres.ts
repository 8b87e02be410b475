import { Client } from 'pg'
import { ask, perSecond } from '../measure.ts'
import { PAYLOAD } from './payload.ts'

/** What PostgreSQL alone does with rows of the size of a commit, in a table with the same key and indexes as the log's. */

const TABLE = `
  CREATE SEQUENCE positions;
  CREATE TABLE commits (
    position bigint PRIMARY KEY DEFAULT nextval('positions'),
    xid bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    stream text COLLATE "C" NOT NULL, version bigint NOT NULL, payload text NOT NULL,
    UNIQUE (stream, version)
  );
  CREATE INDEX ON commits (xid)`

const BATCH = 1000

/** Rows per second with a transaction for each, by callers that have a connection each. */
export function rawSingleRows(url: string, callers: number, rows: number): Promise<number> {
  return withTable(url, callers, async (clients) => {
    const free = [...clients]
    const insert = async (row: number) => {
      const client = free.pop()
      if (!client) throw new Error('there are more callers than connections')
      await client.query(`INSERT INTO commits (stream, version, payload) VALUES ($1, 1, $2)`, [
        `account-${row}`,
        PAYLOAD,
      ])
      free.push(client)
    }
    return perSecond(rows, () => ask(callers, rows, insert))
  })
}

/** Rows per second with a transaction for every 1,000, on one connection. */
export function rawBatches(url: string, rows: number): Promise<number> {
  const sql = `INSERT INTO commits (stream, version, payload) SELECT stream, 1, payload
    FROM unnest($1::text[], $2::text[]) AS row (stream, payload)`
  const payloads = Array.from({ length: BATCH }, () => PAYLOAD)
  return withTable(url, 1, ([client]) =>
    perSecond(rows, async () => {
      for (let first = 0; first < rows; first += BATCH) {
        await client?.query(sql, [payloads.map((_, index) => `account-${first + index}`), payloads])
      }
    }),
  )
}

async function withTable(
  url: string,
  connections: number,
  measure: (clients: readonly Client[]) => Promise<number>,
): Promise<number> {
  const clients = Array.from({ length: connections }, () => new Client({ connectionString: url }))
  await Promise.all(clients.map((client) => client.connect()))
  try {
    await clients[0]?.query(TABLE)
    return await measure(clients)
  } finally {
    await Promise.all(clients.map((client) => client.end()))
  }
}
