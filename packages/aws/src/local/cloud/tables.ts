import { type AwsCall, AwsError } from '../emulators/aws-json.ts'
import type { Resource } from '../template/instantiate.ts'

/** A table that is there, and its stream, if it has one. */
export interface Table {
  readonly name: string
  readonly arn: string
  readonly streamArn: string | undefined
}

interface Description {
  readonly Table: { readonly LatestStreamArn?: string }
}

const dynamodb = 'DynamoDB_20120810'

/** Makes the tables of a template, as far as they are not there yet. */
export function makeTables(call: AwsCall, resources: readonly Resource[]): Promise<Table[]> {
  return Promise.all(resources.map((resource) => makeTable(call, resource)))
}

async function makeTable(call: AwsCall, { name, arn, properties }: Resource): Promise<Table> {
  const { KeySchema, AttributeDefinitions, StreamSpecification, GlobalSecondaryIndexes, LocalSecondaryIndexes } =
    properties
  await call(`${dynamodb}.CreateTable`, {
    TableName: name,
    KeySchema,
    AttributeDefinitions,
    GlobalSecondaryIndexes,
    LocalSecondaryIndexes,
    BillingMode: 'PAY_PER_REQUEST',
    ...(StreamSpecification ? { StreamSpecification: { StreamEnabled: true, ...StreamSpecification } } : {}),
  }).catch(unlessThere)
  const { Table } = await call<Description>(`${dynamodb}.DescribeTable`, { TableName: name })
  return { name, arn, streamArn: Table.LatestStreamArn }
}

function unlessThere(error: unknown): void {
  if (!(error instanceof AwsError && error.code === 'ResourceInUseException')) throw error
}
