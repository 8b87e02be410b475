import { type AttributeValue, BatchGetItemCommand, type KeysAndAttributes } from '@aws-sdk/client-dynamodb'
import { EngineError } from 'weir/ports'
import type { Dynamo } from './dynamo.ts'
import { backOff, patience } from './patience.ts'

export type Item = Record<string, AttributeValue>

/** How many keys a call takes. */
const maxKeys = 100

/** What is asked for of a table. */
export interface Wanted {
  readonly table: string
  readonly keys: readonly Item[]
  readonly consistent: boolean
  readonly attributes?: Pick<KeysAndAttributes, 'ProjectionExpression' | 'ExpressionAttributeNames'>
}

/** Reads many items by their keys, in no order; those that are not there are left out. */
export async function batchGet(dynamo: Dynamo, wanted: Wanted): Promise<Item[]> {
  const chunks: Item[][] = []
  for (let from = 0; from < wanted.keys.length; from += maxKeys) chunks.push(wanted.keys.slice(from, from + maxKeys))
  return (await Promise.all(chunks.map((keys) => getChunk(dynamo, { ...wanted, keys })))).flat()
}

/** An answer holds 16 MB at most, and less when there is much to do: what it lacks is asked for again. */
async function getChunk(dynamo: Dynamo, { table, keys, consistent, attributes }: Wanted): Promise<Item[]> {
  const items: Item[] = []
  let left: KeysAndAttributes | undefined = { Keys: [...keys], ConsistentRead: consistent, ...attributes }
  for (let idle = 0; left; ) {
    const answer: { Responses?: Record<string, Item[]>; UnprocessedKeys?: Record<string, KeysAndAttributes> } =
      await dynamo.send(new BatchGetItemCommand({ RequestItems: { [table]: left } }))
    const got = answer.Responses?.[table] ?? []
    items.push(...got)
    left = answer.UnprocessedKeys?.[table]
    idle = got.length > 0 ? 0 : idle + 1
    if (left && idle > 0) await waitForThroughput(dynamo, idle)
  }
  return items
}

async function waitForThroughput(dynamo: Dynamo, idle: number): Promise<void> {
  if (idle < patience.attempts) return backOff(idle)
  throw new EngineError(
    `DynamoDB at ${dynamo.place}: it is throttled: it gives nothing of what is asked for. Try again in a moment.`,
  )
}
