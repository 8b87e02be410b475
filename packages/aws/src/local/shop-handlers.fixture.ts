import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn'
import { PublishBatchCommand, SNSClient } from '@aws-sdk/client-sns'
import { awsJson } from './emulators/aws-json.ts'

const { env } = process
const dynamodb = awsJson(env.AWS_ENDPOINT_URL_DYNAMODB ?? '', env.AWS_REGION ?? '', 'dynamodb')
const call = <T>(action: string, input: object) => dynamodb<T>(`DynamoDB_20120810.${action}`, input)
const sns = new SNSClient()
const events = new EventBridgeClient()
const secrets = new SecretsManagerClient()
const states = new SFNClient()

interface HttpEvent {
  readonly rawPath: string
  readonly body?: string
  readonly headers: Readonly<Record<string, string>>
  readonly requestContext: { readonly http: { readonly method: string } }
}

/** Takes orders, and shows what has become of them. */
export async function take({ rawPath, body = '{}', headers, requestContext: { http } }: HttpEvent): Promise<object> {
  const [, what, id] = rawPath.split('/')
  if (what === 'loop') for (;;);
  if (what === 'large') return { statusCode: 200, body: 'x'.repeat(7_000_000) }
  if (what === 'environment') return { statusCode: 200, cookies: ['a=1', 'b=2'], body: JSON.stringify(env) }
  if (what === 'guarded') return { statusCode: headers['x-api-key'] === (await apiKey()) ? 200 : 401 }
  if (what === 'count') return countOnMachine()
  if (http.method === 'POST') {
    const order = JSON.parse(body) as { id: string; items: string }
    await call('PutItem', { TableName: env.ORDERS, Item: { id: { S: order.id }, items: { S: order.items } } })
    return { statusCode: 202, body: JSON.stringify(order) }
  }
  const { Item } = await call<{ Item?: object }>('GetItem', { TableName: env.PACKED, Key: { id: { S: id } } })
  return { statusCode: Item ? 200 : 404, body: JSON.stringify(Item ?? {}) }
}

async function apiKey(): Promise<string | undefined> {
  const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: env.API_KEY_SECRET }))
  return SecretString
}

async function countOnMachine(): Promise<object> {
  const { executionArn } = await states.send(new StartExecutionCommand({ stateMachineArn: env.MACHINE, input: '{}' }))
  for (;;) {
    const { status, output } = await states.send(new DescribeExecutionCommand({ executionArn }))
    if (status !== 'RUNNING') return { statusCode: 200, body: output }
  }
}

interface StreamEvent {
  readonly Records: readonly {
    readonly dynamodb: { readonly NewImage: { id: { S: string }; items: { S: string } }; SequenceNumber: string }
  }[]
}

/** Tells the topic of orders, in their order. */
export async function tell({ Records }: StreamEvent): Promise<object> {
  const entries = Records.map(({ dynamodb: { NewImage, SequenceNumber } }) => ({
    Id: SequenceNumber,
    Message: JSON.stringify({ id: NewImage.id.S, items: NewImage.items.S }),
    MessageGroupId: 'orders',
    MessageDeduplicationId: SequenceNumber,
    MessageAttributes: { kind: { DataType: 'String', StringValue: NewImage.items.S === 'none' ? 'note' : 'order' } },
  }))
  await sns.send(new PublishBatchCommand({ TopicArn: env.NEWS, PublishBatchRequestEntries: entries }))
  return { batchItemFailures: [] }
}

interface QueueEvent {
  readonly Records: readonly {
    readonly messageId: string
    readonly body: string
    readonly attributes: Readonly<Record<string, string>>
  }[]
}

/** Packs orders. Those that cannot be packed at once are reported as failed. */
export async function pack({ Records }: QueueEvent): Promise<object> {
  const failed: string[] = []
  for (const { messageId, body, attributes } of Records) {
    const order = JSON.parse(body) as { id: string; items: string }
    const attempts = attributes.ApproximateReceiveCount ?? ''
    if (order.items === 'fragile' && attempts === '1') failed.push(messageId)
    else await packed(order, attempts)
  }
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) }
}

async function packed({ id, items }: { id: string; items: string }, attempts: string): Promise<void> {
  console.log(`packing ${id}`)
  await call('PutItem', { TableName: env.PACKED, Item: { id: { S: id }, attempts: { S: attempts } } })
  const Detail = JSON.stringify({ id, items })
  await events.send(
    new PutEventsCommand({ Entries: [{ EventBusName: env.BUS, Source: 'shop', DetailType: 'Packed', Detail }] }),
  )
}

/** How many orders there are. */
export async function count(): Promise<object> {
  const { Count } = await call<{ Count: number }>('Scan', { TableName: env.ORDERS, Select: 'COUNT' })
  return { orders: Count }
}
