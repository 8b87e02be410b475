import { strict as assert } from 'node:assert'
import { Client } from 'pg'

/** What `contenders.ts` says of durability, read back where it is measured: a server may be set up in another way. */

/** @throws AssertionError unless an answered commit of PostgreSQL is on the disk */
export async function assertSynced(connectionString: string): Promise<void> {
  const client = new Client({ connectionString })
  await client.connect()
  try {
    for (const name of ['fsync', 'synchronous_commit']) {
      const { rows } = await client.query(`SHOW ${name}`)
      assert.equal(rows[0][name], 'on', `what is measured is durable, so PostgreSQL has ${name} on`)
    }
  } finally {
    await client.end()
  }
}

/**
 * @param read gives the value of a pragma on a connection that writes
 * @throws AssertionError unless an answered commit of SQLite is on the disk
 */
export async function assertFull(read: (pragma: string) => unknown): Promise<void> {
  assert.equal(await read('journal_mode'), 'wal', 'what is measured has a write-ahead log')
  assert.equal(await read('synchronous'), FULL, 'what is measured is durable: synchronous=FULL')
}

/** As the pragma gives it. */
const FULL = 2
