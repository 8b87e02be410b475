import {
  CreateTableCommand,
  DynamoDBClient,
  ResourceInUseException,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb'

/** The table that all events of this folder are in. */
export const tableName = 'events'

/** A client of the emulator. */
export function clientAt(endpoint: string): DynamoDBClient {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  return new DynamoDBClient({ endpoint, region: 'us-east-1', credentials })
}

/** Makes the table, and a stream if wanted, unless another process has made it to prepare a work. */
export async function createTable(client: DynamoDBClient, hasStream: boolean): Promise<void> {
  try {
    await makeTable(client, hasStream)
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error
  }
}

/** With the key that Castore has and Weir's is like. */
async function makeTable(client: DynamoDBClient, hasStream: boolean): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'aggregateId', AttributeType: 'S' },
        { AttributeName: 'version', AttributeType: 'N' },
      ],
      KeySchema: [
        { AttributeName: 'aggregateId', KeyType: 'HASH' },
        { AttributeName: 'version', KeyType: 'RANGE' },
      ],
    }),
  )
  if (!hasStream) return
  const StreamSpecification = { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' } as const
  await client.send(new UpdateTableCommand({ TableName: tableName, StreamSpecification }))
}
