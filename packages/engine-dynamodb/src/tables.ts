import { setTimeout as pause } from 'node:timers/promises'
import { CreateTableCommand, DescribeTableCommand, type TableDescription } from '@aws-sdk/client-dynamodb'
import { EngineError } from 'weir/ports'
import type { Dynamo } from './dynamo.ts'
import { nameOf } from './errors.ts'

/** The tables of one application. */
export interface TableNames {
  /** The commits: key `S` (stream) and `N` (version). */
  readonly events: string
  /** All that is found by them: key `pk` and `sk`. */
  readonly index: string
}

/** What the tables are like: the same for those who make them by other means, such as CDK. */
export const tableShapes = {
  events: { partitionKey: { name: 'S', type: 'S' }, sortKey: { name: 'N', type: 'N' }, stream: 'NEW_IMAGE' },
  index: { partitionKey: { name: 'pk', type: 'S' }, sortKey: { name: 'sk', type: 'S' }, stream: undefined },
} as const

type Role = keyof typeof tableShapes

/** Makes the tables that are missing, and waits until they can be used: for tests and local starts. */
export async function createTables(dynamo: Dynamo): Promise<void> {
  await Promise.all([createTable(dynamo, 'events'), createTable(dynamo, 'index')])
}

/** @throws EngineError when a table is missing, or is not one of Weir's */
export async function describeTables(dynamo: Dynamo): Promise<Readonly<Record<Role, TableDescription>>> {
  const [events, index] = await Promise.all([find(dynamo, 'events'), find(dynamo, 'index')])
  return { events: checked(dynamo, 'events', events), index: checked(dynamo, 'index', index) }
}

function checked(dynamo: Dynamo, role: Role, table: TableDescription | undefined): TableDescription {
  if (!table) throw missing(dynamo, role)
  const { partitionKey, sortKey } = tableShapes[role]
  const keys = (table.KeySchema ?? []).map(({ AttributeName }) => AttributeName)
  if (keys.join() === [partitionKey.name, sortKey.name].join()) return table
  throw new EngineError(
    `DynamoDB: the table ${dynamo.tables[role]} is not one of Weir's: its key is ${keys.join(', ')}. ` +
      'Give another prefix for the names of the tables.',
  )
}

async function find(dynamo: Dynamo, role: Role): Promise<TableDescription | undefined> {
  try {
    return (await dynamo.send(new DescribeTableCommand({ TableName: dynamo.tables[role] }))).Table
  } catch (error) {
    if (error instanceof EngineError && nameOf(error.cause) === 'ResourceNotFoundException') return undefined
    throw error
  }
}

async function createTable(dynamo: Dynamo, role: Role): Promise<void> {
  if (!(await find(dynamo, role))) await create(dynamo, role)
  while ((await find(dynamo, role))?.TableStatus !== 'ACTIVE') await pause(200)
}

async function create(dynamo: Dynamo, role: Role): Promise<void> {
  const { partitionKey, sortKey, stream } = tableShapes[role]
  const keys = [partitionKey, sortKey]
  const command = new CreateTableCommand({
    TableName: dynamo.tables[role],
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: keys.map(({ name, type }) => ({ AttributeName: name, AttributeType: type })),
    KeySchema: keys.map(({ name }, place) => ({ AttributeName: name, KeyType: place === 0 ? 'HASH' : 'RANGE' })),
    ...(stream && { StreamSpecification: { StreamEnabled: true, StreamViewType: stream } }),
  })
  try {
    await dynamo.send(command)
  } catch (error) {
    // Another process was quicker.
    if (!(error instanceof EngineError) || nameOf(error.cause) !== 'ResourceInUseException') throw error
  }
}

function missing(dynamo: Dynamo, role: Role): EngineError {
  return new EngineError(
    `DynamoDB: there is no table ${dynamo.tables[role]} at ${dynamo.place}. Deploy the tables, check the region and the ` +
      'prefix of their names, or let a local start make them.',
  )
}
