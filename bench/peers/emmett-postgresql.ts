import { rawSql } from '@event-driven-io/dumbo'
import { CommandHandler, type Event, STREAM_DOES_NOT_EXIST } from '@event-driven-io/emmett'
import {
  getPostgreSQLEventStore,
  type PostgreSQLEventStoreConsumer,
  type PostgreSQLProcessor,
  type PostgreSQLProjectionDefinition,
  type PostgresEventStore,
  pongoSingleStreamProjection,
  postgreSQLEventStoreConsumer,
  readProcessorCheckpoint,
  rebuildPostgreSQLProjections,
  storeProcessorCheckpoint,
} from '@event-driven-io/emmett-postgresql'
import pg from 'pg'
import type { Contender, Deposit, ReadModel, Summary } from '../src/peers/contender.ts'
import { assertSynced } from '../src/peers/durability.ts'
import { type Deposited, decide } from './account.ts'
import { persist } from './persist.ts'
import { type Turn, turnsOf } from './turns.ts'

/**
 * Emmett on PostgreSQL. A command is a `CommandHandler` that retries conflicts, as its documentation has it; the first of a
 * stream needs no reading and appends to what must not exist. Settings:
 *
 * - `Pongo projection`: a `pongoSingleStreamProjection` of a consumer, which is handed one event after the other
 * - none: no read model
 * - `one command at a time`: see `turns.ts`
 * - `own processor, a statement a batch`: a `processors` of a consumer that we write, since it hands its own kinds one
 *   event after the other (the `eachBatch` of a reactor is never called in this release)
 */
export async function open(connectionString: string, setting: string): Promise<Contender> {
  const store = getPostgreSQLEventStore(connectionString, { schema: { autoMigration: 'None' } })
  await store.schema.migrate()
  await assertSynced(connectionString)
  const client = new pg.Client({ connectionString })
  await client.connect()
  return new EmmettOnPostgres(connectionString, store, client, setting)
}

type AccountEvent = Event<'Deposited', Deposited>
type Placed = AccountEvent & { metadata: { streamName: string; messageId: string } }

const handle = CommandHandler<{ balance: number }, AccountEvent>({
  initialState: () => ({ balance: 0 }),
  evolve: ({ balance }, { data }) => ({ balance: balance + data.amount }),
  retry: { onVersionConflict: true },
})

const isConflict = ({ message }: Error): boolean => message.startsWith('Expected version')

/** By default it reads 100 events, then rests for 50 ms. */
const pulling = { batchSize: 1000, pullingFrequencyInMs: 1 }
const stopWhen = { noMessagesLeft: true }

class EmmettOnPostgres implements Contender {
  readonly failures = new Map<string, number>()
  readonly #url: string
  readonly #store: PostgresEventStore
  readonly #client: pg.Client
  readonly #usesPongo: boolean
  readonly #turn: Turn

  constructor(url: string, store: PostgresEventStore, client: pg.Client, setting: string) {
    this.#url = url
    this.#store = store
    this.#client = client
    this.#usesPongo = setting === 'Pongo projection'
    this.#turn = turnsOf(setting)
  }

  async create(input: Deposit): Promise<number> {
    const events: AccountEvent[] = [{ type: 'Deposited', data: decide(0, input) }]
    const isNew = { expectedStreamVersion: STREAM_DOES_NOT_EXIST }
    const appended = await this.#store.appendToStream(`account-${crypto.randomUUID()}`, events, isNew)
    return Number(appended.nextExpectedStreamVersion)
  }

  async deposit(account: string, input: Deposit): Promise<number> {
    const once = () =>
      handle(this.#store, `account-${account}`, ({ balance }) => ({ type: 'Deposited', data: decide(balance, input) }))
    const { nextExpectedStreamVersion } = await persist(this.failures, isConflict, () => this.#turn(once))
    return Number(nextExpectedStreamVersion)
  }

  async record(account: string, deposits: number, data: Deposit): Promise<void> {
    for (let left = deposits; left > 0; left -= 1000) {
      const events = Array.from({ length: Math.min(left, 1000) }, (): AccountEvent => ({ type: 'Deposited', data }))
      await this.#store.appendToStream(`account-${account}`, events)
    }
  }

  async versionOf(account: string): Promise<number> {
    const { currentStreamVersion } = await this.#store.readStream(`account-${account}`)
    return Number(currentStreamVersion)
  }

  async events(): Promise<number> {
    const { rows } = await this.#client.query('SELECT count(*)::int AS events FROM emt_messages')
    return rows[0].events
  }

  async fold(model: ReadModel): Promise<void> {
    if (!this.#usesPongo) return this.#process(model, `${model}-folded`)
    const consumer = this.#consumer([])
    consumer.projector({ projection: PROJECTIONS[model], startFrom: 'CURRENT' })
    await consume(consumer)
  }

  /** By `rebuildPostgreSQLProjections`; the own processor begins anew under another name, when its documents are deleted. */
  async rebuild(model: ReadModel): Promise<void> {
    if (this.#usesPongo) {
      // Without this it goes on from the checkpoint that the projection has, and the documents are gone.
      const fromStart = { projection: PROJECTIONS[model], startFrom: 'BEGINNING', truncateOnStart: true } as const
      const options = { connectionString: this.#url, pulling, projections: [fromStart] }
      return consume(rebuildPostgreSQLProjections(options))
    }
    await this.#client.query(`TRUNCATE ${model}`)
    await this.#process(model, `${model}-rebuilt`)
  }

  async summary(model: ReadModel): Promise<Summary> {
    const amount = this.#usesPongo ? `(data->>'amount')::int` : 'amount'
    const { rows } = await this.#client.query(
      `SELECT count(*)::int AS documents, sum(${amount})::int AS total, min(${amount}) AS least, max(${amount}) AS most
        FROM ${model}`,
    )
    return rows[0]
  }

  async #process(model: ReadModel, id: string): Promise<void> {
    await this.#client.query(TABLES[model])
    await consume(this.#consumer([processorOf(id, STATEMENTS[model])]))
  }

  /** With a pool of its own: that of `store.consumer()` is the store's, and closed with the consumer. */
  #consumer(processors: PostgreSQLProcessor[]): PostgreSQLEventStoreConsumer {
    return postgreSQLEventStoreConsumer({ connectionString: this.#url, pulling, stopWhen, processors })
  }

  async close(): Promise<void> {
    await this.#client.end()
    await this.#store.close()
  }
}

/** Writes the documents of a batch and how far it came in one transaction. */
function processorOf(processorId: string, statement: (events: readonly Placed[]) => string): PostgreSQLProcessor {
  let last: bigint | null = null
  return {
    id: processorId,
    instanceId: processorId,
    type: 'projector',
    isActive: true,
    init: async () => {},
    start: async ({ execute }) => {
      if (!execute) throw new Error('A consumer has an executor')
      const { lastProcessedCheckpoint } = await readProcessorCheckpoint(execute, { processorId })
      last = lastProcessedCheckpoint
      return last === null ? 'BEGINNING' : { lastCheckpoint: last }
    },
    close: async () => {},
    handle: async (messages, { connection }) => {
      const events = messages as unknown as (Placed & { metadata: { globalPosition: bigint } })[]
      const newCheckpoint = events.at(-1)?.metadata.globalPosition ?? last
      await connection?.pool?.withTransaction(async ({ execute }) => {
        await execute.command(rawSql(statement(events)))
        const progress = { processorId, version: 1, lastProcessedCheckpoint: last, newCheckpoint }
        const { success } = await storeProcessorCheckpoint(execute, progress)
        if (!success) throw new Error('Another processor is quicker')
      })
      last = newCheckpoint
    },
  }
}

async function consume(consumer: PostgreSQLEventStoreConsumer): Promise<void> {
  await consumer.start()
  await consumer.close()
}

const PROJECTIONS: Readonly<Record<ReadModel, PostgreSQLProjectionDefinition<AccountEvent>>> = {
  few: pongoSingleStreamProjection({
    collectionName: 'few',
    canHandle: ['Deposited'],
    getDocumentId: (event) => (event as unknown as Placed).metadata.streamName,
    evolve: (document: { amount: number; currency: string } | null, { data }: AccountEvent) => ({
      amount: (document?.amount ?? 0) + data.amount,
      currency: data.currency,
    }),
  }),
  many: pongoSingleStreamProjection({
    collectionName: 'many',
    canHandle: ['Deposited'],
    getDocumentId: (event) => (event as unknown as Placed).metadata.messageId,
    evolve: (_: { account: string; amount: number } | null, event: AccountEvent) => ({
      account: (event as Placed).metadata.streamName,
      amount: event.data.amount,
    }),
  }),
}

const TABLES: Readonly<Record<ReadModel, string>> = {
  few: 'CREATE TABLE IF NOT EXISTS few (id text PRIMARY KEY, amount int NOT NULL, currency text NOT NULL)',
  many: `CREATE TABLE IF NOT EXISTS many (id text PRIMARY KEY, account text NOT NULL, amount int NOT NULL);
    CREATE INDEX IF NOT EXISTS many_by_account ON many (account)`,
}

const STATEMENTS: Readonly<Record<ReadModel, (events: readonly Placed[]) => string>> = {
  few: (events) => {
    const amounts = new Map<string, number>()
    for (const { data, metadata } of events)
      amounts.set(metadata.streamName, (amounts.get(metadata.streamName) ?? 0) + data.amount)
    const rows = [...amounts].map(([id, amount]) => `('${id}', ${amount}, 'EUR')`)
    return `INSERT INTO few VALUES ${rows.join()} ON CONFLICT (id) DO UPDATE SET amount = few.amount + excluded.amount`
  },
  many: (events) => {
    const rows = events.map(
      ({ data, metadata: { messageId, streamName } }) => `('${messageId}', '${streamName}', ${data.amount})`,
    )
    return `INSERT INTO many VALUES ${rows.join()}`
  },
}
