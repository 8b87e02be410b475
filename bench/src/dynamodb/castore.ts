import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { type Aggregate, EventStore, EventType } from '@castore/core'
import { DynamoDBSingleTableEventStorageAdapter } from '@castore/event-storage-adapter-dynamodb'
import * as z from 'zod'
import type { Contender } from './contender.ts'

interface Account extends Aggregate {
  readonly balance: number
}

interface Deposit {
  readonly amount: number
  readonly currency: string
  readonly reference: string
}

const Input = z.object({
  amount: z.int().positive(),
  currency: z.string().length(3),
  reference: z.string().max(100),
})

const deposited = new EventType<'DEPOSITED', Deposit>({ type: 'DEPOSITED' })

/**
 * Castore as its documentation has it: a command reads its aggregate, decides, and pushes an event at the next version; it
 * is tried again when another was quicker. The table lacks the index that listing needs, which makes it quicker.
 */
export async function openCastore(endpoint: string, hasStream: boolean): Promise<Contender> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials })
  const table = `castore-${crypto.randomUUID()}`
  await createTable(client, table, hasStream)
  const store = new EventStore({
    eventStoreId: 'ACCOUNTS',
    eventTypes: [deposited],
    reducer: (account: Account, event): Account => ({
      aggregateId: event.aggregateId,
      version: event.version,
      balance: (account?.balance ?? 0) + event.payload.amount,
    }),
    eventStorageAdapter: new DynamoDBSingleTableEventStorageAdapter({ tableName: table, dynamoDBClient: client }),
  })
  const once = async (aggregateId: string, input: Deposit): Promise<number> => {
    const payload = Input.parse(input)
    const { aggregate } = await store.getAggregate(aggregateId)
    if ((aggregate?.balance ?? 0) + payload.amount > Number.MAX_SAFE_INTEGER) throw new Error('too rich')
    const version = (aggregate?.version ?? 0) + 1
    await store.pushEvent({ aggregateId, version, type: 'DEPOSITED', payload })
    return version
  }
  return {
    name: 'Castore',
    deposit: async (id, input) => {
      for (;;) {
        try {
          return await once(id, input)
        } catch (error) {
          if ((error as { code?: string }).code !== 'EventAlreadyExistsError') throw error
        }
      }
    },
    settled: async () => {},
    versionOf: async (id) => (await store.getAggregate(id)).aggregate?.version ?? 0,
    close: async () => client.destroy(),
  }
}

async function createTable(client: DynamoDBClient, table: string, hasStream: boolean): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'aggregateId', AttributeType: 'S' },
        { AttributeName: 'version', AttributeType: 'N' },
      ],
      KeySchema: [
        { AttributeName: 'aggregateId', KeyType: 'HASH' },
        { AttributeName: 'version', KeyType: 'RANGE' },
      ],
      ...(hasStream && { StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' } }),
    }),
  )
}
