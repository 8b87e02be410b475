import { testDatabase } from '@weir/test-postgres'
import { Client } from 'pg'
import { expect } from 'vitest'
import type { Changes, ListQuery, Partition, ReadModelStore, StoredDocument } from 'weir/ports'
import { isAtLeast } from './cursor.ts'
import { Database } from './database.ts'
import { PostgresReadModelStore } from './read-model-store.ts'
import { Removal } from './removal.ts'
import { schema } from './schema.ts'

export interface Process {
  readonly database: Database
  readonly store: PostgresReadModelStore
  readonly removal: Removal
}

/** Read models in a database of their own, without the rest of a store. */
export interface ReadModels {
  /** Another process, with connections of its own. */
  process(): Process
  /** A connection beside theirs. */
  connect(): Promise<Client>
  /** Ends all of them, and removes the database. */
  dispose(): Promise<void>
}

export async function makeReadModels(): Promise<ReadModels> {
  const { url, drop } = await testDatabase()
  const databases: Database[] = []
  const process = () => {
    const database = new Database({ url, schema: 'box-office', connections: 4 })
    const removal = new Removal(database)
    databases.push(database)
    return { database, store: new PostgresReadModelStore(database, isAtLeast, removal), removal }
  }
  const { database } = process()
  await database.query('CREATE SCHEMA "box-office"')
  await database.query(schema((table) => database.name(table)))
  const dispose = async () => {
    for (const each of databases) await each.close()
    await drop()
  }
  const connect = async () => {
    const client = new Client({ connectionString: url })
    client.on('error', () => {})
    await client.connect()
    return client
  }
  return { process, connect, dispose }
}

/** A partition that was opened. */
export interface Opened extends Partition {
  readonly lease: number
}

export async function openPartition(store: ReadModelStore, partition: Partition): Promise<Opened> {
  return { ...partition, lease: (await store.open(partition)).lease }
}

/** A partition in the hands of a process of its own. */
export interface Worker extends Process {
  readonly partition: Opened
}

/** Makes a model of several partitions, each opened by another process. */
export async function divide(
  models: ReadModels,
  partitions: number,
  indexes: readonly string[] = [],
): Promise<[Worker, ...Worker[]]> {
  const { store } = models.process()
  const generation = await store.create({ name: 'divided', fingerprint: 'v1', indexes, partitions }, 0)
  const open = async (partition: number): Promise<Worker> => {
    const process = models.process()
    return { ...process, partition: await openPartition(process.store, { ...generation, partition }) }
  }
  const others = Array.from({ length: partitions - 1 }, (_, index) => open(index + 1))
  return [await open(0), ...(await Promise.all(others))]
}

/** Resolves when some connection waits for a lock. */
export async function somebodyWaits(database: Database): Promise<void> {
  const sql = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
  await expect.poll(async () => (await database.read(sql)).length).toBe(1)
}

/** How often transactions waited for each other in a circle. */
export async function deadlocks(database: Database): Promise<number> {
  const sql = 'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()'
  return Number((await database.read<{ deadlocks: number }>(sql))[0]?.deadlocks)
}

/** Makes a model of one partition, and opens it. */
export async function openModel(store: ReadModelStore, name: string, indexes: readonly string[]): Promise<Opened> {
  const generation = await store.create({ name, fingerprint: 'v1', indexes, partitions: 1 }, 0)
  return openPartition(store, { ...generation, partition: 0 })
}

/** Saves with nothing but what is given. */
export function save(
  store: ReadModelStore,
  { lease, ...partition }: Opened,
  changes: Partial<Changes>,
): Promise<'saved' | 'fenced' | 'overtaken'> {
  return store.save(partition, lease, { cursor: '1', documents: [], waiting: [], settled: [], ...changes })
}

export function document(id: string, fields: object = {}, version = 1): StoredDocument {
  return { id, body: JSON.stringify(fields), stream: `s-${id}`, version }
}

export function tombstone(id: string, version = 1): StoredDocument {
  return { id, body: undefined, stream: `s-${id}`, version }
}

export function query(given: Partial<ListQuery> = {}): ListQuery {
  return { filters: [], sort: undefined, limit: 100, after: undefined, ...given }
}
