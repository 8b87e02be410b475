import { type Aggregate, EventStore, EventType } from '@castore/core'
import { DynamoDBSingleTableEventStorageAdapter } from '@castore/event-storage-adapter-dynamodb'
import { InMemoryEventStorageAdapter } from '@castore/event-storage-adapter-in-memory'
import type { Contender, Deposit } from '../src/peers/contender.ts'
import { type Deposited, decide } from './account.ts'
import { clientAt, createTable, tableName } from './dynamodb.ts'
import { persist } from './persist.ts'
import { type Turn, turnsOf } from './turns.ts'

interface Account extends Aggregate {
  readonly balance: number
}

type Adapter = DynamoDBSingleTableEventStorageAdapter | InMemoryEventStorageAdapter

/**
 * Castore as its documentation has it: a command reads its aggregate, decides, and pushes an event at the next version; it
 * is tried again when another was quicker. The first event of an aggregate needs no reading. On DynamoDB, or in memory
 * when there is no endpoint; the table has the stream that read models need when the setting begins so, and lacks the index
 * that listing needs, which makes it quicker. Settings that end with `one command at a time`: see `turns.ts`.
 */
export async function open(endpoint: string, setting: string): Promise<Contender> {
  const turn = turnsOf(setting)
  if (!endpoint) return new Castore(new InMemoryEventStorageAdapter({}), turn, () => {})
  const dynamoDBClient = clientAt(endpoint)
  await createTable(dynamoDBClient, setting.startsWith('with a stream'))
  const adapter = new DynamoDBSingleTableEventStorageAdapter({ tableName, dynamoDBClient })
  return new Castore(adapter, turn, () => dynamoDBClient.destroy())
}

const deposited = new EventType<'DEPOSITED', Deposited>({ type: 'DEPOSITED' })

const storeOn = (eventStorageAdapter: Adapter) =>
  new EventStore({
    eventStoreId: 'ACCOUNTS',
    eventTypes: [deposited],
    reducer: (account: Account, event): Account => ({
      aggregateId: event.aggregateId,
      version: event.version,
      balance: (account?.balance ?? 0) + event.payload.amount,
    }),
    eventStorageAdapter,
  })

class Castore implements Contender {
  readonly failures = new Map<string, number>()
  readonly #store: ReturnType<typeof storeOn>
  readonly #turn: Turn
  readonly #end: () => void
  readonly #created: string[] = []

  constructor(adapter: Adapter, turn: Turn, end: () => void) {
    this.#store = storeOn(adapter)
    this.#turn = turn
    this.#end = end
  }

  create(input: Deposit): Promise<number> {
    const account = crypto.randomUUID()
    this.#created.push(account)
    return this.#push(account, 1, decide(0, input))
  }

  deposit(account: string, input: Deposit): Promise<number> {
    const once = async () => {
      const { aggregate } = await this.#store.getAggregate(account)
      return this.#push(account, (aggregate?.version ?? 0) + 1, decide(aggregate?.balance ?? 0, input))
    }
    return persist(this.failures, isConflict, () => this.#turn(once))
  }

  async #push(aggregateId: string, version: number, payload: Deposited): Promise<number> {
    await this.#store.pushEvent({ aggregateId, version, type: 'DEPOSITED', payload })
    return version
  }

  async record(account: string, deposits: number, payload: Deposit): Promise<void> {
    const first = (await this.versionOf(account)) + 1
    for (let version = first; version < first + deposits; version += 1) await this.#push(account, version, payload)
  }

  async versionOf(account: string): Promise<number> {
    return (await this.#store.getAggregate(account)).aggregate?.version ?? 0
  }

  /** It can only list aggregates, with an index that the table lacks: so those that were made are looked at. */
  async events(): Promise<number> {
    let events = 0
    for (const account of this.#created) events += await this.versionOf(account)
    return events
  }

  async close(): Promise<void> {
    this.#end()
  }
}

const isConflict = (error: Error): boolean => (error as { code?: string }).code === 'EventAlreadyExistsError'
