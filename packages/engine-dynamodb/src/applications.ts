import { ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { Dynamo, type DynamoOptions } from './dynamo.ts'

const events = '-events'
const index = '-index'

/**
 * The applications that have a store, by name: those whose two tables are called `<prefix><application>-events` and
 * `<prefix><application>-index`.
 *
 * @throws EngineError when DynamoDB cannot be used, or tables may not be listed
 * @example
 * await dynamodbApplications('shop-') // ['coffee', 'helpdesk']
 */
export async function dynamodbApplications(
  prefix: string,
  place: Pick<DynamoOptions, 'region' | 'endpoint'> = {},
): Promise<string[]> {
  const dynamo = new Dynamo({ ...place, tables: { events: `${prefix}*${events}`, index: `${prefix}*${index}` } })
  try {
    const tables = new Set(await tablesOf(dynamo))
    return [...tables]
      .filter((name) => name.startsWith(prefix) && name.endsWith(events) && name.length > prefix.length + events.length)
      .map((name) => name.slice(prefix.length, -events.length))
      .filter((application) => tables.has(prefix + application + index))
      .sort()
  } finally {
    dynamo.close()
  }
}

async function tablesOf(dynamo: Dynamo): Promise<string[]> {
  const names: string[] = []
  for (let start: string | undefined, more = true; more; more = start !== undefined) {
    const page = await dynamo.send(new ListTablesCommand({ ExclusiveStartTableName: start }))
    names.push(...(page.TableNames ?? []))
    start = page.LastEvaluatedTableName
  }
  return names
}
