import { Client, type ClientConfig, type CustomTypesConfig, escapeIdentifier, Pool, type PoolClient, types } from 'pg'
import { EngineError } from 'weir/ports'
import { isLoss, isRefusal, NotConnected, toEngineError } from './errors.ts'

/** One statement within a transaction. */
export type Query = <Row extends object>(sql: string, values?: readonly unknown[]) => Promise<Row[]>

export interface DatabaseOptions {
  /** `postgres://user:password@host:port/database` */
  readonly url: string
  /** The schema in which all tables are. */
  readonly schema: string
  /** How many connections there are at most. */
  readonly connections: number
  /** Refuses what may write. */
  readonly readOnly?: boolean
  /** With `readOnly`: everything is read from one snapshot, taken at the first read. */
  readonly pinned?: boolean
  /** After how many uses a connection is closed; for tests. */
  readonly maxUses?: number
}

export interface TransactionOptions {
  /** A crash of the server may undo it, never tear it: for what can be folded again from the log. */
  readonly relaxed?: boolean
  /** Has all the time in the world: for migrations. */
  readonly patient?: boolean
}

/** How long to wait for a connection, new or free, in milliseconds. */
const connectTimeout = 5_000

/** How long a statement may take before its connection is given up, in milliseconds. */
const statementTimeout = 30_000

/** How long to pause before trying again, in milliseconds, less up to a half by chance. */
const pauses = [100, 200, 500, 1_000]

/** No new try begins after this time, in milliseconds. */
const patience = 5_000

/** Names longer than this PostgreSQL cuts, silently. */
const maxNameLength = 63

/**
 * The connections of one application to its schema.
 *
 * 1. Nothing rests on the session: any statement or transaction may find itself on a connection of its own, also behind
 *    a pooler. So nothing is SET, prepared by name or locked for longer than a transaction.
 * 2. What failed is tried again, a few times, only when it is known that nothing has taken effect. A connection that is
 *    lost in the middle of a write leaves that unknown, and is reported.
 * 3. A connection that failed is not used again, so that the next one finds the server that is there then.
 */
export class Database {
  readonly schema: string
  readonly readOnly: boolean
  /** Host, port and database, for messages. */
  readonly server: string
  readonly #config: ClientConfig
  readonly #pool: Pool
  readonly #pinned: boolean
  #transaction: Promise<PoolClient> | undefined

  /** @throws EngineError when the URL is none, or the schema cannot have this name; nothing is connected yet */
  constructor({ url, schema, connections, readOnly = false, pinned = false, maxUses }: DatabaseOptions) {
    this.schema = checkName(schema)
    this.readOnly = readOnly
    this.#pinned = pinned
    this.#config = configure(url)
    this.server = describe(this.#config)
    this.#pool = new Pool({
      ...this.#config,
      max: pinned ? 1 : connections,
      allowExitOnIdle: true,
      ...(maxUses === undefined ? {} : { maxUses }),
    })
    // A connection that breaks while it rests is taken out of the pool; one that breaks in use tells its statement.
    this.#pool.on('error', () => {})
    this.#pool.on('connect', (client) => client.on('error', () => {}))
  }

  /** The schema as SQL names it: `"box-office"`. */
  get quotedSchema(): string {
    return escapeIdentifier(this.schema)
  }

  /** A table, sequence or function of the schema, as SQL names it: `"box-office"."commits"`. */
  name(table: string): string {
    return `${this.quotedSchema}.${escapeIdentifier(table)}`
  }

  /** One statement that only reads, on any connection. A lost connection is no harm: it is asked again. */
  async read<Row extends object>(sql: string, values?: readonly unknown[]): Promise<Row[]> {
    return this.#run(
      (client) => ask<Row>(client, sql, values),
      (error) => !this.#pinned && (isRefusal(error) || isLoss(error)),
    )
  }

  /** One statement that may write, on any connection, a transaction of its own. Rejects when the store is `readOnly`. */
  async query<Row extends object>(sql: string, values?: readonly unknown[]): Promise<Row[]> {
    this.#checkWritable()
    return this.#run((client) => ask<Row>(client, sql, values), isRefusal)
  }

  /**
   * Several statements on one connection, in a transaction that is rolled back when `work` throws. `work` runs again from
   * its start when the transaction had to yield to others. Rejects when the store is `readOnly`.
   */
  async transaction<T>(work: (query: Query) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    this.#checkWritable()
    return this.#run((client) => transact(client, work, options), isRefusal)
  }

  /** A connection beside those of the pool, for who listens; it belongs to the caller, who closes it. */
  newClient(): Client {
    const client = new Client(this.#config)
    client.on('error', () => {})
    return client
  }

  /** Ends all connections, when what is under way is done. */
  async close(): Promise<void> {
    const client = await this.#transaction?.catch(() => undefined)
    client?.release(true)
    await this.#pool.end()
  }

  #checkWritable(): void {
    if (!this.readOnly) return
    throw new EngineError(`${this.server} is open for reading only. Open it without readOnly to write.`)
  }

  async #run<T>(work: (client: PoolClient) => Promise<T>, mayRepeat: (error: unknown) => boolean): Promise<T> {
    const start = performance.now()
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#use(work)
      } catch (error) {
        const pause = pauses[attempt]
        if (pause === undefined || performance.now() - start > patience || !mayRepeat(error)) {
          throw toEngineError(error, this.server)
        }
        await rest(pause)
      }
    }
  }

  async #use<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    if (this.#pinned) return work(await this.#pin())
    const client = await this.#connect()
    let isSound = false
    try {
      const result = await work(client)
      isSound = true
      return result
    } catch (error) {
      isSound = error instanceof Error && 'severity' in error && !isLoss(error)
      throw error
    } finally {
      client.release(!isSound || client.getTransactionStatus() !== 'I')
    }
  }

  /** The connection that holds the snapshot. */
  #pin(): Promise<PoolClient> {
    this.#transaction ??= this.#connect().then(async (client) => {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
      return client
    })
    return this.#transaction
  }

  async #connect(): Promise<PoolClient> {
    try {
      return await this.#pool.connect()
    } catch (error) {
      throw new NotConnected('There is no connection.', { cause: error })
    }
  }
}

/** Whatever the default of the role is: functions rely on seeing what was committed before each of their statements. */
const begin = 'BEGIN ISOLATION LEVEL READ COMMITTED'

async function transact<T>(
  client: PoolClient,
  work: (query: Query) => Promise<T>,
  { relaxed = false, patient = false }: TransactionOptions,
): Promise<T> {
  const timeout = patient ? Number.POSITIVE_INFINITY : statementTimeout
  await ask(client, relaxed ? `${begin}; SELECT set_config('synchronous_commit', 'off', true)` : begin)
  try {
    const result = await work((sql, values) => ask(client, sql, values, timeout))
    const { command } = await client.query('COMMIT')
    // PostgreSQL takes a COMMIT for a ROLLBACK when a statement failed before, without a word.
    if (command !== 'COMMIT') throw new Error('A statement of a transaction failed, and the transaction went on.')
    return result
  } catch (error) {
    // Where that fails, too, the connection is given up, and the server rolls back by itself.
    await ask(client, 'ROLLBACK').catch(() => {})
    throw error
  }
}

async function ask<Row extends object>(
  client: PoolClient,
  text: string,
  values?: readonly unknown[],
  timeout = statementTimeout,
): Promise<Row[]> {
  const config = { text, query_timeout: Number.isFinite(timeout) ? timeout : undefined, types: parsers }
  const { rows } = await client.query<Row>(values ? { ...config, values: [...values] } : config)
  return rows
}

/** The type of arrays of bigint: pg has no name for it. */
const int8Array = 1016

/** Numbers come as numbers, JSON as the text that was written. */
const own = new Map<number, (text: string) => unknown>([
  [types.builtins.INT8, Number],
  [int8Array, (text) => text.slice(1, -1).split(',').filter(Boolean).map(Number)],
  [types.builtins.NUMERIC, Number],
  [types.builtins.JSON, (text) => text],
  [types.builtins.JSONB, (text) => text],
])

const parsers = {
  getTypeParser: (oid: number, format?: 'text') => own.get(oid) ?? types.getTypeParser(oid, format),
} as CustomTypesConfig

function configure(url: string): ClientConfig {
  return {
    connectionString: url,
    connectionTimeoutMillis: connectTimeout,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    fallback_application_name: 'weir',
  }
}

function describe(config: ClientConfig): string {
  try {
    const { host, port, database } = new Client(config)
    return `${host}:${port}/${database ?? ''}`
  } catch {
    // What was thrown may quote the URL, with its password.
    throw new EngineError('This is no URL of a PostgreSQL. Write postgres://user:password@host:port/database.')
  }
}

function checkName(schema: string): string {
  const reason = fault(schema)
  if (reason === undefined) return schema
  throw new EngineError(`${JSON.stringify(schema)} cannot name a schema of PostgreSQL: ${reason}.`)
}

function fault(schema: string): string | undefined {
  if (schema === '') return 'it is empty'
  if (schema.includes('\0')) return 'it holds U+0000'
  if (Buffer.byteLength(schema) > maxNameLength) return `it is longer than ${maxNameLength} bytes`
  if (/^pg_/i.test(schema) || schema === 'information_schema') return 'it is one of its own'
  return undefined
}

async function rest(milliseconds: number): Promise<void> {
  const some = milliseconds * (1 - Math.random() / 2)
  await new Promise((resolve) => {
    setTimeout(resolve, some)
  })
}
