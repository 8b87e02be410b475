import { strict as assert } from 'node:assert'
import { type AttributeValue, BatchWriteItemCommand, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import { measureCommands } from '../src/peers/commands.ts'
import type { Found, Job } from '../src/peers/job.ts'
import { PAYLOAD } from '../src/work/payload.ts'
import { clientAt, createTable, tableName } from './dynamodb.ts'

const BATCH = 25

/** What the AWS SDK alone does on a table with a stream. Settings: `PutItem`, with a condition as an append has it, and `BatchWriteItem` of 25. */
export async function measure({ place, setting, callers, size, seconds }: Job): Promise<Found[]> {
  const client = clientAt(place)
  await createTable(client, true)
  const item = (row: number): Record<string, AttributeValue> => ({
    aggregateId: { S: `account-${row}` },
    version: { N: '1' },
    payload: { S: PAYLOAD },
  })
  const put = (row: number) => {
    const ConditionExpression = 'attribute_not_exists(version)'
    return client.send(new PutItemCommand({ TableName: tableName, Item: item(row), ConditionExpression }))
  }
  const write = async (batch: number) => {
    const puts = Array.from({ length: BATCH }, (_, index) => ({ PutRequest: { Item: item(batch * BATCH + index) } }))
    const { UnprocessedItems = {} } = await client.send(
      new BatchWriteItemCommand({ RequestItems: { [tableName]: puts } }),
    )
    assert.deepEqual(UnprocessedItems, {}, 'every item was written')
  }
  const [once, each] = setting === 'PutItem' ? [put, 1] : [write, BATCH]
  const found = await measureCommands({ callers, size, seconds }, once)
  const count = found.count * each
  assert.equal(await countOf(client), count, 'as many items are there as were written')
  client.destroy()
  return [{ ...found, count, perSecond: found.perSecond * each }]
}

async function countOf(client: ReturnType<typeof clientAt>): Promise<number> {
  let [count, from] = [0, undefined as Record<string, AttributeValue> | undefined]
  do {
    const page = await client.send(
      new ScanCommand({ TableName: tableName, Select: 'COUNT', ...(from && { ExclusiveStartKey: from }) }),
    )
    count += page.Count ?? 0
    from = page.LastEvaluatedKey
  } while (from)
  return count
}
