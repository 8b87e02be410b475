import { Client, type ClientConfig, type CustomTypesConfig, Pool, type PoolClient, types } from 'pg'
import { EngineError } from 'weir/ports'
import { isBroken, NotConnected } from './errors.ts'
import { clientWith, type PasswordSupply } from './password-client.ts'

export interface ConnectionOptions {
  /** `postgres://user:password@host:port/database` */
  readonly url: string
  /** Gives the password of each new connection, in place of one in the URL. */
  readonly password?: PasswordSupply | undefined
  /** How many connections there are at most. */
  readonly connections: number
  /**
   * Milliseconds of rest after which a connection is asked whether it is still there before it is used: for processes that
   * are frozen at times, and do not hear that it was closed. Never, by default.
   */
  readonly askAfter?: number | undefined
  /** How long to wait for a connection, new or free, in milliseconds; 5 s by default. A database that sleeps takes longer to wake. */
  readonly connectTimeout?: number | undefined
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

/** How long a connection that has rested may take to answer, in milliseconds. */
const pingTimeout = 1_000

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
export function configure(options: ConnectionOptions): ClientConfig {
  const { url, connectTimeout = 5_000, statementTimeout = 30_000 } = options
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
  readonly #askAfter: number
  /** When connections were used last. */
  readonly #used = new WeakMap<PoolClient, number>()

  constructor(config: ClientConfig, options: ConnectionOptions) {
    const { connections, maxUses, password, askAfter = Number.POSITIVE_INFINITY } = options
    this.#askAfter = askAfter
    const uses = maxUses === undefined ? {} : { maxUses }
    const client = { Client: clientWith(password) }
    this.#pool = new Pool({ ...config, max: connections, allowExitOnIdle: true, ...uses, ...client })
    // A connection that breaks while it rests is taken out of the pool; one that breaks in use tells its statement.
    this.#pool.on('error', () => {})
    this.#pool.on('connect', (client) => client.on('error', () => {}))
  }

  async use<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#connectSoundly()
    let isSound = true
    try {
      return await work(client)
    } catch (error) {
      isSound = !isBroken(error)
      throw error
    } finally {
      this.#used.set(client, performance.now())
      client.release(!isSound || client.getTransactionStatus() !== 'I')
    }
  }

  async close(): Promise<void> {
    await this.#pool.end()
  }

  /** One that is new, or was used lately, or answers. */
  async #connectSoundly(): Promise<PoolClient> {
    for (;;) {
      const client = await this.#connect()
      const rested = performance.now() - (this.#used.get(client) ?? Number.POSITIVE_INFINITY)
      if (rested < this.#askAfter || (await answers(client))) return client
      client.release(true)
    }
  }

  async #connect(): Promise<PoolClient> {
    try {
      return await this.#pool.connect()
    } catch (error) {
      throw new NotConnected('There is no connection.', { cause: error })
    }
  }
}

/** What is gone for good says nothing at all. */
async function answers(client: PoolClient): Promise<boolean> {
  const ping = { text: '', query_timeout: pingTimeout }
  return client.query(ping).then(
    () => true,
    () => false,
  )
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
