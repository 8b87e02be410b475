import { Client, type ClientConfig, type CustomTypesConfig, Pool, type PoolClient, types } from 'pg'
import { EngineError } from 'weir/ports'
import { isBroken, NotConnected } from './errors.ts'

export interface ConnectionOptions {
  /** `postgres://user:password@host:port/database` */
  readonly url: string
  /** How many connections there are at most. */
  readonly connections: number
  /** How long a statement may take before its connection is given up, in milliseconds; 30 s by default. */
  readonly statementTimeout?: number
  /** After how many uses a connection is closed: never, by default. */
  readonly maxUses?: number
}

/** Gives connections to work that needs one. */
export interface Connections {
  use<T>(work: (client: PoolClient) => Promise<T>): Promise<T>
  /** Ends all, when what is under way is done. */
  close(): Promise<void>
}

/** How long to wait for a connection, new or free, in milliseconds. */
const connectTimeout = 5_000

/** When to ask a connection that is silent whether it is still there, in milliseconds. */
const keepAlive = 10_000

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

/** One @ at most, behind user and password, and no #: a sign more belongs to a password, of which the rest would be shown. */
const shape = /^postgres(ql)?:\/\/([^@/?#]*@)?[^@#]*$/

const example = 'Write postgres://user:password@host:port/database'

/** @throws EngineError when the URL is none, or names no database; it is not quoted, since it may hold a password */
export function configure({ url, statementTimeout = 30_000 }: ConnectionOptions): ClientConfig {
  const parsed = shape.test(url) ? parse(url) : null
  if (!parsed) {
    throw new EngineError(
      `This is no URL of a PostgreSQL. ${example}; ` +
        'in a password, signs such as @, / and # are written as %40, %2F and %23.',
    )
  }
  if (/^\/?$/.test(parsed.pathname)) throw new EngineError(`The URL names no database. ${example}.`)
  return {
    connectionString: url,
    connectionTimeoutMillis: connectTimeout,
    query_timeout: statementTimeout,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAlive,
    fallback_application_name: 'weir',
    types: parsers,
  }
}

/** Without a host there may be a user still, as for a socket; URLs elsewhere may not have that. */
function parse(url: string): URL | null {
  return URL.parse(url) ?? URL.parse(url.replace('@/', '@localhost/'))
}

/**
 * The host, port and database of a server, for messages: never its password.
 *
 * @throws EngineError when what the URL asks for is not there, such as the file of a certificate
 */
export function serverOf(config: ClientConfig): string {
  try {
    const { host, port, database } = new Client(config)
    return `${host}:${port}/${database ?? ''}`
  } catch (error) {
    throw new EngineError(`The URL of the PostgreSQL cannot be used: ${(error as Error).message}`, { cause: error })
  }
}

/** Any connection for any work. One that failed is not used again, so that the next finds the server that is there then. */
export class PooledConnections implements Connections {
  readonly #pool: Pool

  constructor(config: ClientConfig, { connections, maxUses }: ConnectionOptions) {
    const uses = maxUses === undefined ? {} : { maxUses }
    this.#pool = new Pool({ ...config, max: connections, allowExitOnIdle: true, ...uses })
    // A connection that breaks while it rests is taken out of the pool; one that breaks in use tells its statement.
    this.#pool.on('error', () => {})
    this.#pool.on('connect', (client) => client.on('error', () => {}))
  }

  async use<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#connect()
    let isSound = true
    try {
      return await work(client)
    } catch (error) {
      isSound = !isBroken(error)
      throw error
    } finally {
      client.release(!isSound || client.getTransactionStatus() !== 'I')
    }
  }

  async close(): Promise<void> {
    await this.#pool.end()
  }

  async #connect(): Promise<PoolClient> {
    try {
      return await this.#pool.connect()
    } catch (error) {
      throw new NotConnected('There is no connection.', { cause: error })
    }
  }
}

/** One connection, in one transaction that sees one snapshot and cannot write. It does one thing after the other. */
export class PinnedConnection implements Connections {
  readonly #pool: PooledConnections
  readonly #ending = Promise.withResolvers<void>()
  #client: Promise<PoolClient> | undefined
  #transaction: Promise<void> | undefined
  #last: Promise<unknown> = Promise.resolve()

  constructor(config: ClientConfig, options: ConnectionOptions) {
    this.#pool = new PooledConnections(config, { ...options, connections: 1 })
  }

  async use<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    this.#client ??= this.#begin()
    const client = await this.#client
    const result = this.#last.then(() => work(client))
    this.#last = result.catch(() => {})
    return result
  }

  async close(): Promise<void> {
    this.#ending.resolve()
    await this.#last
    await this.#transaction?.catch(() => {})
    await this.#pool.close()
  }

  #begin(): Promise<PoolClient> {
    return new Promise((resolve, reject) => {
      this.#transaction = this.#pool.use(async (client) => {
        await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
        resolve(client)
        await this.#ending.promise
        await this.#last
        await client.query('COMMIT')
      })
      this.#transaction.catch(reject)
    })
  }
}
