import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { dynamodbEngine } from '@weir/engine-dynamodb'
import { startDynoxide } from '@weir/engine-dynamodb/local'
import { testDatabase } from '@weir/test-postgres'
import type { DynamoDBStreamEvent, SQSEvent } from 'aws-lambda'
import { startFauxqs } from 'fauxqs'
import { afterAll, beforeAll, vi } from 'vitest'
import { memoryEngine } from 'weir/memory'
import { silentLogger } from 'weir/ports'
import {
  aggregateAttribute,
  type ConsumerKind,
  consumerQueue,
  doorbellTopic,
  encodeApps,
  kindAttribute,
  timerQueue,
} from '../contract/index.ts'
import { type Received, sqsEvent } from './consumer/sqs-event.fixture.ts'
import { type FakeAws, fakeAws } from './fake-aws.fixture.ts'
import type { FunctionOptions } from './setup/options.ts'
import { TableStream } from './table-stream.fixture.ts'

/** What of AWS a café needs, on this machine: tables, a topic and queues, a database. */
export interface Cloud {
  readonly dynamodb: string
  readonly database: string
  /** What Secrets Manager, Step Functions and EventBridge were asked for. */
  readonly aws: FakeAws
  /** What a function is made with. */
  options(own?: Record<string, string>): FunctionOptions
  /** What the stream of the table of commits has brought since it was asked last, as its function is given it. */
  streamed(): Promise<DynamoDBStreamEvent>
  /** Takes the messages that are in the queue of a consumer, as its function is given them. */
  receive(consumer: string): Promise<SQSEvent>
}

const prefix = 'dev'
const region = 'eu-central-1'

/** Whose queues there are, and of which aggregates they are told. */
const consumers: Readonly<Record<string, readonly string[]>> = {
  orders: ['order', 'drink'],
  barista: ['order'],
  closing: ['order'],
  'public-events': ['drink'],
}

/** The names of the café's tables. */
export const tables = { events: 'dev-cafe-events', index: 'dev-cafe-index' }

export function useCloud(): Cloud {
  let closing: (() => unknown)[] = []
  const parts: { -readonly [Key in keyof Cloud]?: Cloud[Key] } = {}
  let topic = ''
  let queues = ''
  let sqs: SQSClient
  let stream: TableStream
  beforeAll(async () => {
    const [dynoxide, database, bells] = await Promise.all([
      startDynoxide(),
      testDatabase(),
      startFauxqs({ port: 0, logger: false, defaultRegion: region }),
    ])
    const aws = await fakeAws(['SECRETS_MANAGER', 'SFN', 'EVENTBRIDGE'], ({ action, input }) =>
      action === 'PutEvents'
        ? { FailedEntryCount: 0, Entries: (input.Entries as object[]).map(() => ({ EventId: '1' })) }
        : { executionArn: 'arn:aws:states:::execution:rebuild:1', startDate: 0 },
    )
    closing = [() => aws.close(), () => bells.stop(), () => database.drop(), () => dynoxide.stop()]
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', dynoxide.endpoint)
    for (const service of ['SNS', 'SQS']) vi.stubEnv(`AWS_ENDPOINT_URL_${service}`, bells.address)
    const topicName = doorbellTopic(prefix, 'cafe')
    topic = bells.createTopic(topicName, { attributes: { FifoTopic: 'true' } }).topicArn
    for (const [consumer, aggregates] of Object.entries(consumers)) {
      const queue = consumerQueue(prefix, 'cafe', consumer)
      bells.createQueue(queue, { attributes: { FifoQueue: 'true' } })
      const kind: ConsumerKind = consumer === 'orders' ? 'projections' : 'policies'
      const FilterPolicy = JSON.stringify({ [aggregateAttribute]: aggregates, [kindAttribute]: [kind] })
      bells.subscribe({ topic: topicName, queue, attributes: { RawMessageDelivery: 'true', FilterPolicy } })
    }
    bells.createQueue(timerQueue(prefix, 'cafe', 'closing'))
    await makeTables(dynoxide.endpoint)
    Object.assign(parts, { dynamodb: dynoxide.endpoint, database: database.url, aws })
    queues = `https://sqs.${region}.amazonaws.com/000000000000/`
    sqs = new SQSClient({ useQueueUrlAsEndpoint: false })
    stream = new TableStream(tables.events, dynoxide.endpoint)
  })
  afterAll(async () => {
    for (const close of closing) await close()
  })
  return {
    get dynamodb() {
      return parts.dynamodb as string
    },
    get database() {
      return parts.database as string
    },
    get aws() {
      return parts.aws as FakeAws
    },
    streamed: () => stream.next(),
    receive: async (consumer) => {
      const queue = consumerQueue(prefix, 'cafe', consumer)
      const received: Received[] = []
      for (;;) {
        const messages = await take(sqs, queues + queue)
        if (messages.length === 0) return sqsEvent(...received)
        received.push(...messages.map((message) => ({ ...message, queue })))
      }
    },
    options: (own = {}) => ({
      environment: {
        WEIR_PREFIX: prefix,
        WEIR_APPS: encodeApps({ cafe: { base: '', ...tables, topic } }),
        WEIR_QUEUES: queues,
        DATABASE_URL: parts.database,
        STATE_MACHINE_ARN: 'arn:aws:states:eu-central-1:123456789012:stateMachine:rebuild',
        ...own,
      },
      logger: silentLogger,
    }),
  }
}

async function makeTables(endpoint: string): Promise<void> {
  const { readModels, roster, check, close } = await memoryEngine()('cafe')
  const readable = async () => ({ readModels, roster, check, close })
  const open = dynamodbEngine({ tables: () => tables, endpoint, createTables: true, readModels: readable })
  await (await open('cafe')).close()
}

/** Messages of one group come one after the other. */
async function take(sqs: SQSClient, QueueUrl: string): Promise<Received[]> {
  const all = { QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All' as const] }
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(all))
  for (const { ReceiptHandle } of Messages) await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
  return Messages.map(({ Body, Attributes }) => ({ body: String(Body), group: Attributes?.MessageGroupId }))
}
