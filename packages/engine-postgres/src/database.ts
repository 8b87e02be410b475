import { setTimeout as pause } from 'node:timers/promises'
import { type Client, type ClientConfig, escapeIdentifier, type PoolClient } from 'pg'
import { EngineError } from 'weir/ports'
import {
  type ConnectionOptions,
  type Connections,
  configure,
  PinnedConnection,
  PooledConnections,
  serverOf,
} from './connections.ts'
import { isBroken, isLoss, isRefusal, toEngineError } from './errors.ts'
import { clientWith, type PasswordSupply } from './password-client.ts'

/** One statement within a transaction. */
export type Query = <Row extends object>(sql: string, values?: readonly unknown[]) => Promise<Row[]>

export interface DatabaseOptions extends ConnectionOptions {
  /** The schema in which all tables are. */
  readonly schema: string
  /** Refuses what may write. */
  readonly readOnly?: boolean
  /** With `readOnly`: everything is read from one snapshot, taken at the first read. */
  readonly pinned?: boolean
  /** Whether this role makes the schema and gives others their rights: what it may not do is told accordingly. */
  readonly migrates?: boolean
}

export interface TransactionOptions {
  /** A crash of the server may undo it, never tear it: for what can be folded again from the log. */
  readonly relaxed?: boolean
  /** Has all the time in the world: for migrations. */
  readonly patient?: boolean
}

/** How long to rest before trying again, in milliseconds, less up to a half by chance. */
const pauses = [100, 200, 500, 1_000]

/** No new try begins after this time, in milliseconds. */
const patience = 5_000

/** What a timer can count to, in milliseconds. */
const forever = 2 ** 31 - 1

/** Names longer than this PostgreSQL cuts, silently. */
const maxNameLength = 63

/** Whatever the default of the role is: functions rely on seeing what was committed before each of their statements. */
const begin = 'BEGIN ISOLATION LEVEL READ COMMITTED'

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
  /** The epoch of the store that was opened; null: of none. What was restored since then is refused. */
  epoch: string | null = null
  readonly #config: ClientConfig
  readonly #connections: Connections
  readonly #isPinned: boolean
  readonly #migrates: boolean
  readonly #password: PasswordSupply | undefined
  #closing: Promise<void> | undefined

  /** @throws EngineError when the URL is none, or the schema cannot have this name; nothing is connected yet */
  constructor(options: DatabaseOptions) {
    const { schema, readOnly = false, pinned = false, migrates = false } = options
    this.schema = checkName(schema)
    this.readOnly = readOnly
    this.#config = configure(options)
    this.server = serverOf(this.#config)
    this.#isPinned = readOnly && pinned
    this.#migrates = migrates
    this.#password = options.password
    this.#connections = new (this.#isPinned ? PinnedConnection : PooledConnections)(this.#config, options)
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
    const mayRepeat = (error: unknown) => !this.#isPinned && (isRefusal(error) || isLoss(error))
    return this.#run((client) => ask<Row>(client, sql, values), mayRepeat)
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
    const client = new (clientWith(this.#password))(this.#config)
    client.on('error', () => {})
    return client
  }

  /** Ends all connections, when what is under way is done. It may be said twice. */
  async close(): Promise<void> {
    this.#closing ??= this.#connections.close()
    await this.#closing
  }

  #checkWritable(): void {
    if (!this.readOnly) return
    throw new EngineError(`${this.server} is open for reading only. Open it without readOnly to write.`)
  }

  async #run<T>(work: (client: PoolClient) => Promise<T>, mayRepeat: (error: unknown) => boolean): Promise<T> {
    const start = performance.now()
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#connections.use(work)
      } catch (error) {
        const rest = pauses[attempt]
        if (rest === undefined || performance.now() - start > patience || !mayRepeat(error)) {
          throw toEngineError(error, this.server, this.#migrates)
        }
        await pause(rest * (1 - Math.random() / 2))
      }
    }
  }
}

const leaveUnsynced = `SELECT set_config('synchronous_commit', 'off', true)`

/** Durable at its end, whatever the default of the server or role is; a default that is stronger stays as it is. */
const synced = `SELECT set_config('synchronous_commit', 'on', true)
  WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')`

async function transact<T>(
  client: PoolClient,
  work: (query: Query) => Promise<T>,
  { relaxed = false, patient = false }: TransactionOptions,
): Promise<T> {
  await client.query(`${begin}; ${relaxed ? leaveUnsynced : synced}`)
  try {
    const result = await work((sql, values) => ask(client, sql, values, patient ? forever : undefined))
    const { command } = await client.query('COMMIT')
    // PostgreSQL takes a COMMIT for a ROLLBACK when a statement failed before, without a word.
    if (command !== 'COMMIT') throw new Error('A statement of a transaction failed, and the transaction went on.')
    return result
  } catch (error) {
    // A connection that is given up takes its transaction with it.
    if (!isBroken(error)) await client.query('ROLLBACK').catch(() => {})
    throw error
  }
}

async function ask<Row extends object>(
  client: PoolClient,
  text: string,
  values?: readonly unknown[],
  timeout?: number,
): Promise<Row[]> {
  const config = { text, ...(values && { values: [...values] }), ...(timeout && { query_timeout: timeout }) }
  const { rows } = await client.query<Row>(config)
  return rows
}

function checkName(schema: string): string {
  const reason = fault(schema)
  if (reason === undefined) return schema
  throw new EngineError(`${JSON.stringify(schema)} cannot name a schema of PostgreSQL: ${reason}.`)
}

function fault(schema: string): string | undefined {
  if (schema === '') return 'it is empty'
  // U+0000 PostgreSQL cannot hold; in dollars the texts of functions are quoted.
  if (/[\0$]/.test(schema)) return 'it holds U+0000 or $'
  if (Buffer.byteLength(schema) > maxNameLength) return `it is longer than ${maxNameLength} bytes`
  if (/^pg_/i.test(schema) || schema === 'information_schema') return 'it is one of its own'
  return undefined
}
