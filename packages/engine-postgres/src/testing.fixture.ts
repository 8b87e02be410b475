import { type TestDatabase, testDatabase } from '@weir/test-postgres'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll } from 'vitest'
import type { Append, AppendResult, Engine, Expectation, StreamAppend } from 'weir/ports'
import { appendGroup } from './append.ts'
import { Database, type Query } from './database.ts'
import { type PostgresOptions, postgresEngine } from './engine.ts'

/** A database for the tests of a file, and what they open on it: closed after each test. */
export interface Stage {
  readonly url: string
  /** An engine for an application; each test may take one name or several. */
  open(application: string, options?: Partial<PostgresOptions>): Promise<Engine>
  /** Closes something else, too, when the test is over. */
  closeLater(close: () => Promise<void>): void
  /** A connection for SQL. */
  connect(url?: string): Promise<Client>
  /** A transaction in the store of an application, which stays open until it is told. */
  begin(application: string): Promise<OpenTransaction>
}

export interface OpenTransaction {
  readonly query: Query
  append(...group: readonly Append[]): Promise<AppendResult[]>
  commit(): Promise<void>
  rollback(): Promise<void>
}

export function useStage(): Stage {
  let database: TestDatabase
  let closing: (() => Promise<void>)[] = []
  beforeAll(async () => {
    database = await testDatabase()
  })
  afterEach(async () => {
    await Promise.all(closing.map((close) => close()))
    closing = []
  })
  afterAll(async () => {
    await database.drop()
  })
  return {
    get url() {
      return database.url
    },
    open: async (application, options = {}) => {
      const engine = await postgresEngine({ url: database.url, listen: false, ...options })(application)
      closing.push(() => engine.close())
      return engine
    },
    closeLater: (close) => {
      closing.push(close)
    },
    connect: async (url = database.url) => {
      const client = await connect(url)
      closing.push(() => client.end())
      return client
    },
    begin: async (application) => {
      const connection = new Database({ url: database.url, schema: application, connections: 1 })
      const transaction = await begin(connection)
      closing.push(async () => {
        await transaction.rollback()
        await connection.close()
      })
      return transaction
    },
  }
}

/** Begins a transaction that stays open until it is told. */
export async function begin(database: Database): Promise<OpenTransaction> {
  const begun = Promise.withResolvers<Query>()
  const ending = Promise.withResolvers<void>()
  const ended = database.transaction(async (query) => {
    begun.resolve(query)
    await ending.promise
  })
  ended.catch(begun.reject)
  const query = await begun.promise
  return {
    query,
    append: (...group) =>
      appendGroup({ name: (table) => database.name(table), query, read: query, epoch: null }, group),
    commit: () => {
      ending.resolve()
      return ended
    },
    rollback: async () => {
      ending.reject(new Error('rolled back'))
      await ended.catch(() => {})
    },
  }
}

export async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  return client
}

/** A stream's part in an append. */
export function part(stream: string, expected: Expectation, count = 1): StreamAppend {
  return { stream, expected, count, payload: count === 0 ? '' : JSON.stringify(Array(count).fill({ stream })) }
}

/** An append of one stream. */
export function one(stream: string, expected: Expectation, count = 1): Append {
  return { streams: [part(stream, expected, count)], commands: [] }
}

/** An append of one event, by a command. */
export function by(commandId: string, stream: string, expected: Expectation = 'any'): Append {
  return { streams: [part(stream, expected)], commands: [{ commandId, stream, version: 1, count: 1, hash: 'hash' }] }
}

/** Appends a single member. */
export async function append({ events }: Engine, member: Append): Promise<AppendResult> {
  const [result] = await events.append([member])
  if (!result) throw new Error('append must answer every member')
  return result
}

/** Waits until something holds. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) {
    await new Promise((resolve) => {
      setTimeout(resolve, 5)
    })
  }
}
