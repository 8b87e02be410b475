import { DynamoDBClient, UpdateTableCommand } from '@aws-sdk/client-dynamodb'
import { dynamodbEngine } from '@weir/engine-dynamodb'
import { memoryEngine } from 'weir/memory'
import { startRuntime } from 'weir/runtime'
import { Account, withoutReadModel } from '../definitions.ts'
import type { Contender } from './contender.ts'

/** Weir as `npm start` runs it, without read models. It has settled when the feed holds all. */
export async function openWeir(endpoint: string, hasStream: boolean): Promise<Contender> {
  const prefix = `weir-${crypto.randomUUID()}-`
  const documents = memoryEngine()
  const open = dynamodbEngine({ tables: prefix, endpoint, createTables: true, readModels: (name) => documents(name) })
  if (!hasStream) await withoutStream(endpoint, prefix, await open(withoutReadModel.name))
  const engine = await open(withoutReadModel.name)
  const runtime = await startRuntime(withoutReadModel, { engine: async () => engine })
  return {
    name: 'Weir',
    deposit: async (account, input) => {
      const outcome = await runtime.execute(Account.commands.deposit(account, input))
      if (outcome.outcome !== 'accepted') throw new Error(`A deposit was ${outcome.outcome}`)
      return outcome.version
    },
    settled: async () => void (await engine.events.feedEnd()),
    versionOf: async (account) => {
      const [head] = await engine.events.streams(`account-${account}`, undefined, 1)
      return head?.version ?? 0
    },
    close: () => runtime.stop(),
  }
}

async function withoutStream(endpoint: string, prefix: string, made: { close(): Promise<void> }): Promise<void> {
  await made.close()
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials })
  const TableName = `${prefix}${withoutReadModel.name}-events`
  await client.send(new UpdateTableCommand({ TableName, StreamSpecification: { StreamEnabled: false } }))
  client.destroy()
}
