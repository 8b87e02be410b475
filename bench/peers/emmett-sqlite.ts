import { join } from 'node:path'
import { CommandHandler, type Event, STREAM_DOES_NOT_EXIST } from '@event-driven-io/emmett'
import {
  getSQLiteEventStore,
  type SQLiteConnection,
  SQLiteConnectionPool,
  type SQLiteEventStore,
  type SQLiteProjectionDefinition,
  sqliteConnection,
  sqliteRawSQLProjection,
} from '@event-driven-io/emmett-sqlite'
import type { Contender, Deposit, ReadModel, Summary } from '../src/peers/contender.ts'
import { assertFull } from '../src/peers/durability.ts'
import { type Deposited, decide } from './account.ts'
import { persist } from './persist.ts'
import { isInTurn, type Turn, turnsOf } from './turns.ts'

/**
 * Emmett on SQLite. A command is a `CommandHandler` that retries conflicts, read models are `sqliteRawSQLProjection`s of
 * a consumer, as its documentation has them. Settings:
 *
 * - `FULL`: what the store does by default, a connection for every call
 * - `FULL, one command at a time`: a pool of one connection, and callers that wait for each other. Without it a conflict
 *   spoils its stream: the append that is refused leaves the stream's position raised, and all later ones are refused too
 */
export async function open(folder: string, setting: string): Promise<Contender> {
  const fileName = join(folder, 'emmett.db')
  const pool = isInTurn(setting) ? oneConnection(sqliteConnection({ fileName })) : SQLiteConnectionPool({ fileName })
  const store = getSQLiteEventStore({ fileName, pool, schema: { autoMigration: 'None' } })
  await store.schema.migrate()
  // A connection does not wait for its own `PRAGMA journal_mode`, which may come too late. Said once and waited for, it
  // is kept in the file.
  await pool.withConnection((connection) => connection.query('PRAGMA journal_mode = WAL'))
  await pool.withConnection((connection) => assertFull((pragma) => pragmaOf(connection, pragma)))
  return new EmmettOnSqlite(store, pool, turnsOf(setting))
}

type AccountEvent = Event<'Deposited', Deposited>

async function pragmaOf(connection: SQLiteConnection, pragma: string): Promise<unknown> {
  const [row] = await connection.query<Record<string, unknown>>(`PRAGMA ${pragma}`)
  return row?.[pragma]
}

function oneConnection(connection: SQLiteConnection): SQLiteConnectionPool {
  return {
    connection: async () => connection,
    withConnection: (handle) => handle(connection),
    close: async () => connection.close(),
  }
}

const handle = CommandHandler<{ balance: number }, AccountEvent>({
  initialState: () => ({ balance: 0 }),
  evolve: ({ balance }, { data }) => ({ balance: balance + data.amount }),
  retry: { onVersionConflict: true },
})

/** Conflicts, and a transaction that could not begin: the store says of that only that it cannot be rolled back. */
const isTransient = ({ message }: Error): boolean =>
  message.startsWith('Expected version') ||
  message.includes('SQLITE_BUSY') ||
  message.endsWith('no transaction is active')

class EmmettOnSqlite implements Contender {
  readonly failures = new Map<string, number>()
  readonly #store: SQLiteEventStore
  readonly #pool: SQLiteConnectionPool
  readonly #turn: Turn

  constructor(store: SQLiteEventStore, pool: SQLiteConnectionPool, turn: Turn) {
    this.#store = store
    this.#pool = pool
    this.#turn = turn
  }

  async create(input: Deposit): Promise<number> {
    const events: AccountEvent[] = [{ type: 'Deposited', data: decide(0, input) }]
    const isNew = { expectedStreamVersion: STREAM_DOES_NOT_EXIST }
    const once = () => this.#store.appendToStream(`account-${crypto.randomUUID()}`, events, isNew)
    const { nextExpectedStreamVersion } = await persist(this.failures, isTransient, () => this.#turn(once))
    return Number(nextExpectedStreamVersion)
  }

  async deposit(account: string, input: Deposit): Promise<number> {
    const once = () =>
      handle(this.#store, `account-${account}`, ({ balance }) => ({ type: 'Deposited', data: decide(balance, input) }))
    const { nextExpectedStreamVersion } = await persist(this.failures, isTransient, () => this.#turn(once))
    return Number(nextExpectedStreamVersion)
  }

  async record(account: string, deposits: number, input: Deposit): Promise<void> {
    for (let left = deposits; left > 0; left -= 1000) {
      const events = Array.from(
        { length: Math.min(left, 1000) },
        (): AccountEvent => ({ type: 'Deposited', data: input }),
      )
      await this.#store.appendToStream(`account-${account}`, events)
    }
  }

  async versionOf(account: string): Promise<number> {
    const { currentStreamVersion } = await this.#store.readStream(`account-${account}`)
    return Number(currentStreamVersion)
  }

  async events(): Promise<number> {
    const [row] = await this.#query<{ events: number }>('SELECT count(*) AS events FROM emt_messages')
    return row?.events ?? 0
  }

  async fold(model: ReadModel, events: number): Promise<void> {
    await this.#consume(model, events, `projection:${model}`)
  }

  /** It has no rebuild: the documents are deleted and another processor begins at the start, as its documentation says. */
  async rebuild(model: ReadModel, events: number): Promise<void> {
    await this.#pool.withConnection((connection) => connection.command(`DELETE FROM ${model}`))
    await this.#consume(model, events, `projection:${model}:rebuilt`)
  }

  async summary(model: ReadModel): Promise<Summary> {
    const [row] = await this.#query<Summary>(
      `SELECT count(*) AS documents, sum(amount) AS total, min(amount) AS least, max(amount) AS most FROM ${model}`,
    )
    if (!row) throw new Error('There is no summary')
    return row
  }

  async close(): Promise<void> {
    await this.#pool.close()
  }

  #query<Row>(sql: string): Promise<Row[]> {
    return this.#pool.withConnection((connection) => connection.query<Row>(sql))
  }

  /** In batches of 1,000 and with a rest of 1 ms between them: by default it is 100 events, then 50 ms. */
  async #consume(model: ReadModel, events: number, processorId: string): Promise<void> {
    await this.#pool.withConnection((connection) => connection.command(TABLES[model]))
    const consumer = this.#store.consumer({ pulling: { batchSize: 1000, pullingFrequencyInMs: 1 } })
    consumer.processor({
      processorId,
      projection: PROJECTIONS[model],
      startFrom: 'CURRENT',
      stopAfter: ({ metadata }) => metadata.globalPosition >= BigInt(events),
    })
    // Not closed: that would close the store's pool with it.
    await consumer.start()
  }
}

const TABLES: Readonly<Record<ReadModel, string>> = {
  few: `CREATE TABLE IF NOT EXISTS few (id TEXT PRIMARY KEY, amount INTEGER NOT NULL, currency TEXT NOT NULL)`,
  many: `CREATE TABLE IF NOT EXISTS many (id TEXT PRIMARY KEY, account TEXT NOT NULL, amount INTEGER NOT NULL)`,
}

const PROJECTIONS: Readonly<Record<ReadModel, SQLiteProjectionDefinition<AccountEvent>>> = {
  few: sqliteRawSQLProjection<AccountEvent>({
    canHandle: ['Deposited'],
    evolve: (event) => {
      const { data, metadata } = event as AccountEvent & { metadata: { streamName: string } }
      return `INSERT INTO few (id, amount, currency) VALUES ('${metadata.streamName}', ${data.amount}, '${data.currency}')
        ON CONFLICT (id) DO UPDATE SET amount = amount + excluded.amount`
    },
  }),
  many: sqliteRawSQLProjection<AccountEvent>({
    canHandle: ['Deposited'],
    evolve: (event) => {
      const { data, metadata } = event as AccountEvent & { metadata: { streamName: string; messageId: string } }
      return `INSERT INTO many (id, account, amount) VALUES ('${metadata.messageId}', '${metadata.streamName}', ${data.amount})`
    },
  }),
}
