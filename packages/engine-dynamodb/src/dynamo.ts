import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import { toEngineError } from './errors.ts'
import { insist } from './patience.ts'
import type { TableNames } from './tables.ts'

/** How many calls may be under way at once. */
const sockets = 64

/** How long it is waited for a connection and for an answer, in milliseconds. */
const connectionTimeout = 2_000
const requestTimeout = 5_000

export interface DynamoOptions {
  readonly tables: TableNames
  /** As the SDK finds it by default: `AWS_REGION`, or what the profile says. */
  readonly region?: string | undefined
  /** Of an emulator; as the SDK finds it by default: `AWS_ENDPOINT_URL_DYNAMODB`. */
  readonly endpoint?: string | undefined
}

/** A command of the SDK, as far as it has to be known here. */
type Send = DynamoDBClient['send']

/**
 * The two tables of an application, and the way to them. Calls that fail in a way that passes are tried again here, and by
 * nobody else: the SDK's own retries are off.
 */
export class Dynamo {
  readonly tables: TableNames
  readonly client: DynamoDBClient
  /** Where the tables are, for people. */
  readonly place: string

  /** What other clients, such as that of the tables' streams, are made with. */
  readonly config: DynamoDBClientConfig

  constructor({ tables, region, endpoint }: DynamoOptions) {
    this.tables = tables
    this.config = clientConfig(region, endpoint)
    this.client = new DynamoDBClient(this.config)
    this.place = endpoint || process.env.AWS_ENDPOINT_URL_DYNAMODB || region || process.env.AWS_REGION || 'its region'
  }

  /** Sends a command that may be sent again: it reads, or does the same however often it takes effect. */
  readonly send: Send = ((command: Parameters<Send>[0]) =>
    this.translate(insist(() => this.client.send(command)))) as Send

  /** Sends a command once; who does so looks at errors as they are. */
  readonly sendOnce: Send = ((command: Parameters<Send>[0]) => this.client.send(command)) as Send

  /** What is thrown is told in words for people. */
  async translate<T>(work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (error) {
      throw toEngineError(error, `DynamoDB at ${this.place}`)
    }
  }

  close(): void {
    this.client.destroy()
  }
}

function clientConfig(region: string | undefined, endpoint: string | undefined): DynamoDBClientConfig {
  const address = endpoint ?? process.env.AWS_ENDPOINT_URL_DYNAMODB
  const agent = { keepAlive: true, maxSockets: sockets }
  return {
    maxAttempts: 1,
    ...(region && { region }),
    ...(endpoint && { endpoint }),
    ...(isLocal(address) && forEmulator(region)),
    requestHandler: {
      connectionTimeout,
      requestTimeout,
      throwOnRequestTimeout: true,
      httpAgent: new HttpAgent(agent),
      httpsAgent: new HttpsAgent(agent),
    },
  }
}

/** An emulator on this machine takes any region and any credentials, but the SDK wants some. */
function forEmulator(region: string | undefined): DynamoDBClientConfig {
  const { AWS_REGION, AWS_ACCESS_KEY_ID, AWS_PROFILE } = process.env
  return {
    ...(!region && !AWS_REGION && { region: 'us-east-1' }),
    ...(!AWS_ACCESS_KEY_ID && !AWS_PROFILE && { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }),
  }
}

function isLocal(address: string | undefined): boolean {
  return address !== undefined && ['localhost', '127.0.0.1', '[::1]'].includes(URL.parse(address)?.hostname ?? '')
}
