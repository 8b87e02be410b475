import { type PostgresServer, startPostgres } from '@weir/test-postgres'
import { expect, it } from 'vitest'
import { isAtLeast } from './cursor.ts'
import { Database } from './database.ts'
import { PostgresReadModelStore } from './read-model-store.ts'
import { document, openModel, openPartition, save } from './read-models.fixture.ts'
import { schema } from './schema.ts'

/** A server of one's own; what is relaxed stays in memory for ten seconds. */
async function onServer(
  flags: readonly string[],
  work: (server: PostgresServer, store: PostgresReadModelStore) => Promise<void>,
): Promise<void> {
  const server = await startPostgres(['wal_writer_delay=10s', ...flags])
  const database = new Database({ url: server.url, schema: 'box-office', connections: 2 })
  try {
    await database.query('CREATE SCHEMA "box-office"')
    await database.query(schema((table) => database.name(table)))
    await work(server, new PostgresReadModelStore(database, isAtLeast))
  } finally {
    await database.close()
    await server.remove()
  }
}

it('G4 a process that outlives a crash of the server never goes on from saves that were undone', async () => {
  await onServer([], async (server, store) => {
    const mine = await openModel(store, 'concerts', [])
    for (const id of ['1', '2', '3']) await save(store, mine, { cursor: id, documents: [document(id)] })
    await server.stop('immediate')
    await server.start()
    const next = { cursor: '4', documents: [document('4')] }
    // The first connections may be found broken; then it is not known what became of the save.
    const outcome = await save(store, mine, next).catch(() => save(store, mine, next))
    const again = await store.open(mine)
    const kept = Number(again.cursor ?? 0)
    expect(outcome).toBe(kept === 4 ? 'saved' : 'fenced')
    const stored = await store.load(mine, ['1', '2', '3', '4'])
    expect(stored.map(({ id }) => id).toSorted()).toEqual(['1', '2', '3', '4'].slice(0, kept))
    const opened = await openPartition(store, mine)
    expect(await save(store, opened, next)).toBe('saved')
  })
})

it('G4 a lease is never given twice, though the server itself promises nothing about commits', async () => {
  await onServer(['synchronous_commit=off'], async (server, store) => {
    const mine = await openModel(store, 'concerts', [])
    const { lease } = await store.open(mine)
    await server.stop('immediate')
    await server.start()
    // The first connections may be found broken.
    const again = await store.open(mine).catch(() => store.open(mine))
    expect(again.lease).toBeGreaterThan(lease)
  })
})
