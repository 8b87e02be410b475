import { CliError, UsageError } from '../errors.ts'
import type { Environment } from '../settings.ts'

/** Where events are in DynamoDB. */
export interface DynamodbTables {
  /** Begins the names of tables: `<prefix><application>-events` and `-index`. */
  readonly prefix: string
  /** Of an emulator; the region's own if undefined. */
  readonly endpoint: string | undefined
  /** Whether tables that are missing are made: on an emulator, but not in production. */
  readonly makes: boolean
}

const defaultPrefix = 'weir-'

/**
 * Where the tables are.
 *
 * @throws UsageError when the prefix cannot begin the name of a table
 */
export function readTables({
  DYNAMODB_TABLES,
  AWS_ENDPOINT_URL_DYNAMODB: endpoint,
  NODE_ENV,
}: Environment): DynamodbTables {
  const prefix = DYNAMODB_TABLES || defaultPrefix
  if (!/^[A-Za-z0-9_.-]{1,150}$/.test(prefix)) {
    throw new UsageError(
      `DYNAMODB_TABLES is '${prefix}', but it begins the names of tables: up to 150 letters, digits, and _ . - of ASCII.`,
    )
  }
  return { prefix, endpoint: endpoint || undefined, makes: Boolean(endpoint) && NODE_ENV !== 'production' }
}

/** Where the events are, for people. */
export function placeOfTables({ prefix, endpoint }: DynamodbTables): string {
  return `DynamoDB tables ${prefix}*${endpoint ? ` at ${endpoint}` : ''}`
}

/** @throws CliError when the package is not installed */
export async function importDynamodb(): Promise<typeof import('@weir/engine-dynamodb')> {
  try {
    return await import('@weir/engine-dynamodb')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'ERR_MODULE_NOT_FOUND' || !message.includes("'@weir/engine-dynamodb'")) throw error
    const command = 'npm install @weir/engine-dynamodb'
    throw new CliError(`DynamoDB needs the package @weir/engine-dynamodb: ${command}`, { cause: error })
  }
}
