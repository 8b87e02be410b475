import { randomUUID } from 'node:crypto'
import { GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { EngineError } from 'weir/ports'
import type { Item } from './batch-get.ts'
import type { Dynamo } from './dynamo.ts'
import { ignoreRefused } from './errors.ts'
import { describeTables } from './tables.ts'

/** The layout of the tables that this version writes. */
const layout = 1

const defaultLanes = 4

const startOnce = 'Start the application once to make it, or check the names of the tables.'

/** Who a store is. */
export interface Identity {
  readonly storeId: string
  readonly epoch: string
  /** Into how many lanes the feed is divided: for good. */
  readonly lanes: number
  /** Whether the tables were restored, and the index may lack what the events hold: it may be older. */
  readonly isRestored: boolean
}

const key = { pk: { S: 'meta' }, sk: { S: '-' } }

/**
 * Reads who the store is; one that is new is given an id, and one whose tables were restored or copied a new epoch: tables
 * have ids of their own, by which that is seen. An empty index beside events is one that was lost: it lacks
 * all that they hold. That they hold any is known some hours later, when DynamoDB has counted them.
 *
 * @param lanes of a store that is new
 * @throws EngineError when a table is missing, is not Weir's, or was written by a newer version
 */
export async function identify(dynamo: Dynamo, lanes: number = defaultLanes): Promise<Identity> {
  const { events, index } = await describeTables(dynamo)
  const place = `${events.TableId} ${index.TableId}`
  for (;;) {
    const found = await read(dynamo)
    if (found && Number(found.layout?.N) > layout) throw newer(dynamo)
    if (found?.place?.S === place) return toIdentity(found)
    // Another process may be quicker: then what it writes holds.
    await write(dynamo, found, {
      ...key,
      storeId: found?.storeId ?? { S: randomUUID() },
      epoch: { S: randomUUID() },
      lanes: found?.lanes ?? { N: String(lanes) },
      layout: { N: String(layout) },
      place: { S: place },
      ...((found || events.ItemCount) && { restored: { BOOL: true } }),
    })
  }
}

/**
 * Reads who the store is, and changes nothing; a copy says the same as its original, until it is opened for writing.
 *
 * @throws EngineError when there is none, or it was written by a newer version
 */
export async function readIdentity(dynamo: Dynamo): Promise<Identity> {
  await describeTables(dynamo)
  const found = await read(dynamo)
  if (!found) throw new EngineError(`DynamoDB: there is no table ${dynamo.tables.index} that is in use. ${startOnce}`)
  if (Number(found.layout?.N) > layout) throw newer(dynamo)
  return toIdentity(found)
}

async function read(dynamo: Dynamo): Promise<Item | undefined> {
  const command = new GetItemCommand({ TableName: dynamo.tables.index, Key: key, ConsistentRead: true })
  return (await dynamo.send(command)).Item
}

async function write(dynamo: Dynamo, before: Item | undefined, Item: Item): Promise<void> {
  const command = new PutItemCommand({
    TableName: dynamo.tables.index,
    Item,
    ...(before?.epoch
      ? { ConditionExpression: 'epoch = :epoch', ExpressionAttributeValues: { ':epoch': before.epoch } }
      : { ConditionExpression: 'attribute_not_exists(pk)' }),
  })
  await dynamo.send(command).catch(ignoreRefused)
}

/** Whether the index may still lack what the events hold, since the restore that began an epoch. */
export async function isInRestore(dynamo: Dynamo, epoch: string): Promise<boolean> {
  const found = await read(dynamo)
  return found?.epoch?.S === epoch && toIdentity(found).isRestored
}

/** All that the events hold has been found since the restore that began an epoch. */
export async function endRestore(dynamo: Dynamo, epoch: string): Promise<void> {
  const command = new UpdateItemCommand({
    TableName: dynamo.tables.index,
    Key: key,
    UpdateExpression: 'REMOVE restored',
    ConditionExpression: 'epoch = :epoch',
    ExpressionAttributeValues: { ':epoch': { S: epoch } },
  })
  await dynamo.send(command).catch(ignoreRefused)
}

function toIdentity({ storeId, epoch, lanes, restored }: Item): Identity {
  return {
    storeId: storeId?.S ?? '',
    epoch: epoch?.S ?? '',
    lanes: Number(lanes?.N),
    isRestored: restored?.BOOL ?? false,
  }
}

function newer({ tables }: Dynamo): EngineError {
  return new EngineError(
    `DynamoDB: the table ${tables.index} was written by a newer version of Weir. Use that version.`,
  )
}
