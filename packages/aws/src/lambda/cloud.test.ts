import { DeleteItemCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { dynamodbEngine } from '@weir/engine-dynamodb'
import { migratePostgres, postgresReadModels } from '@weir/engine-postgres'
import { execute } from '@weir/test-postgres'
import type { CloudFormationCustomResourceCreateEvent } from 'aws-lambda'
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { silentLogger } from 'weir/ports'
import { encodeApps } from '../contract/index.ts'
import { type Asked, httpEvent, invocation, jsonBody } from './api/event.fixture.ts'
import type { ApiHandler } from './api/handler.ts'
import { api } from './api.ts'
import { cafeOf } from './cafe.fixture.ts'
import { tables, useCloud } from './cloud.fixture.ts'
import { rung, sqsEvent } from './consumer/sqs-event.fixture.ts'
import { migrate } from './migrate.ts'
import { policy } from './policy.ts'
import { projection } from './projection.ts'
import { publisher } from './publisher.ts'
import { reconcile } from './reconcile.ts'

/** The functions of a café as they are deployed: DynamoDB, SNS and SQS on this machine, and a real PostgreSQL. */

const cloud = useCloud()
const cafe = cafeOf(1)

/** As CDK's provider of custom resources calls. */
const deployment: CloudFormationCustomResourceCreateEvent = {
  RequestType: 'Create',
  ServiceToken: 'arn:aws:lambda:eu-central-1:123456789012:function:provider',
  ResponseURL: '...',
  StackId: 'arn:aws:cloudformation:eu-central-1:123456789012:stack/dev/1',
  RequestId: '1',
  LogicalResourceId: 'Migration',
  ResourceType: 'Custom::WeirMigration',
  ResourceProperties: { ServiceToken: '', revision: '1' },
}

beforeAll(async () => {
  await migrate({ cafe }, cloud.options())(deployment)
})

const ask = async (handler: ApiHandler, asked: Asked) => {
  const answer = await handler(httpEvent(asked), invocation())
  return { ...answer, json: answer.body ? JSON.parse(answer.body) : undefined }
}

async function order(handler: ApiHandler, id: string, drink: string): Promise<string> {
  const { headers, statusCode } = await ask(handler, { method: 'PUT', path: `/orders/${id}`, ...jsonBody({ drink }) })
  expect(statusCode).toBe(200)
  return String(headers?.['consistency-token'])
}

const show = (handler: ApiHandler, id: string, token: string, wait = 0) =>
  ask(handler, { path: `/orders/${id}`, headers: { 'consistency-token': token, prefer: `wait=${wait}` } })

test('a deployment prepares what there is not, is the same resource each time, and leaves all when it is deleted', async () => {
  for (const RequestType of ['Create', 'Update', 'Delete'] as const) {
    const event = { ...deployment, RequestType, PhysicalResourceId: 'weir-dev', OldResourceProperties: {} }
    const answer = await migrate({ cafe }, cloud.options())(event as never)
    expect(answer).toEqual({ PhysicalResourceId: 'weir-dev' })
  }
  expect(cloud.aws.calls).toEqual([])
  expect(await ask(api({ cafe }, cloud.options()), { path: '/ready' })).toMatchObject({ statusCode: 200 })
})

test('a deployment of a definition that has changed starts its rebuild, and says why it cannot', async () => {
  await migrate({ cafe: cafeOf(2) }, cloud.options())(deployment)
  expect(cloud.aws.calls.map(({ action, input }) => [action, JSON.parse(String(input.input))])).toEqual([
    ['StartExecution', { app: 'cafe', projection: 'orders' }],
  ])
  const broken = cloud.options({ DATABASE_URL: cloud.database.replace(/:\d+\//, ':1/') })
  await expect(migrate({ cafe }, broken)(deployment)).rejects.toThrow(/nothing answers there/)
  await expect(migrate({ other: cafe.name }, cloud.options())(deployment)).rejects.toThrow(
    /exports no application 'cafe'/,
  )
})

test('what a command records is placed and rung for, folded by who is told, and read with its token', async () => {
  const handler = api({ cafe }, cloud.options())
  const token = await order(handler, '1', 'tea')
  const read = show(handler, '1', token, 20)
  const placeAndRing = publisher({ cafe }, cloud.options())
  expect(await placeAndRing(await cloud.streamed())).toEqual({ batchItemFailures: [] })
  const fold = projection({ cafe }, cloud.options({ WEIR_CONSUMER: 'cafe/orders' }))
  const doorbells = await cloud.receive('orders')
  expect(doorbells.Records.map(({ body }) => JSON.parse(body))).toEqual([{ app: 'cafe', lane: 2, page: 1 }])
  expect(await fold(doorbells, invocation())).toEqual({ batchItemFailures: [] })
  expect(await read).toMatchObject({
    statusCode: 200,
    headers: { 'consistency-status': 'reached' },
    json: { id: '1', drink: 'tea' },
  })
})

test('a policy is told of its own aggregates, and what follows from it goes the same way', async () => {
  const handler = api({ cafe }, cloud.options())
  const placeAndRing = publisher({ cafe }, cloud.options())
  await order(handler, '3', 'mocha')
  await placeAndRing(await cloud.streamed())
  const react = policy({ cafe }, cloud.options({ WEIR_CONSUMER: 'cafe/barista' }))
  expect(await react(await cloud.receive('barista'), invocation())).toEqual({ batchItemFailures: [] })
  await placeAndRing(await cloud.streamed())
  expect((await cloud.receive('barista')).Records).toEqual([])
  const tell = policy({ cafe }, cloud.options({ WEIR_CONSUMER: 'cafe/public-events', EVENT_BUS_NAME: 'shared' }))
  expect(await tell(await cloud.receive('public-events'), invocation())).toEqual({ batchItemFailures: [] })
  const put = cloud.aws.calls.filter(({ action }) => action === 'PutEvents').flatMap(({ input }) => input.Entries)
  const told = { EventBusName: 'shared', Source: 'cafe', DetailType: 'Made', Detail: expect.stringContaining('mocha') }
  expect(put).toContainEqual(expect.objectContaining(told))
  await projection({ cafe }, cloud.options({ WEIR_CONSUMER: 'cafe/orders' }))(
    await cloud.receive('orders'),
    invocation(),
  )
  expect((await ask(handler, { path: '/orders/3' })).json).toEqual({ id: '3', drink: 'mocha', isReady: true })
})

test('(G3) what could not be rung comes again, and is rung then', async () => {
  await order(api({ cafe }, cloud.options()), '4', 'ristretto')
  const event = await cloud.streamed()
  const silent = cloud.options()
  const away = {
    ...silent.environment,
    WEIR_APPS: silent.environment?.WEIR_APPS?.replace(':dev-cafe.fifo', ':gone.fifo'),
  }
  const first = event.Records[0]?.dynamodb?.SequenceNumber
  const failed = { batchItemFailures: [{ itemIdentifier: first }] }
  expect(await publisher({ cafe }, { ...silent, environment: away })(event)).toEqual(failed)
  expect((await cloud.receive('orders')).Records).toEqual([])
  expect(await publisher({ cafe }, cloud.options())(event)).toEqual({ batchItemFailures: [] })
  expect((await cloud.receive('orders')).Records).toHaveLength(1)
})

test('(G3) what cannot be placed comes again', async () => {
  const broken = cloud.options({
    WEIR_APPS: encodeApps({ cafe: { base: '', events: 'none', index: 'none', topic: 'x' } }),
  })
  await order(api({ cafe }, cloud.options()), '5', 'lungo')
  const event = await cloud.streamed()
  const first = event.Records[0]?.dynamodb?.SequenceNumber
  expect(await publisher({ cafe }, broken)(event)).toEqual({ batchItemFailures: [{ itemIdentifier: first }] })
  expect(await publisher({ cafe }, broken)({ Records: [] })).toEqual({ batchItemFailures: [] })
})

test('(G3) a stream that lacks a version waits, with a metric and the reason; all others are placed and rung for', async () => {
  const handler = api({ cafe }, cloud.options())
  for (const drink of ['one', 'two', 'three']) await order(handler, '7', drink)
  await order(handler, '8', 'cortado')
  const { Records } = await cloud.streamed()
  const dynamo = new DynamoDBClient()
  const Key = { S: { S: 'order-7' }, N: { N: '2' } }
  const { Attributes: Item } = await dynamo.send(
    new DeleteItemCommand({ TableName: tables.events, Key, ReturnValues: 'ALL_OLD' }),
  )
  const restored = Records.filter(({ dynamodb }) => dynamodb?.NewImage?.N?.N !== '2')
  expect(restored).toHaveLength(3)
  const error = vi.fn()
  const lines: string[] = []
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0)
  onTestFinished(() => write.mockRestore())
  const place = publisher({ cafe }, { ...cloud.options(), logger: { ...silentLogger, error } })
  expect(await place({ Records: restored })).toEqual({ batchItemFailures: [] })
  expect(error.mock.calls).toEqual([
    [{ app: 'cafe', stream: 'order-7', version: 2 }, expect.stringContaining('version 2 of order-7 is missing')],
  ])
  const [metric] = lines.map((line) => JSON.parse(line))
  expect(metric).toMatchObject({ Stack: 'dev', App: 'cafe', IncompleteStreams: 1 })
  expect(metric._aws.CloudWatchMetrics).toMatchObject([{ Namespace: 'Weir', Dimensions: [['Stack', 'App']] }])
  await projection({ cafe }, cloud.options({ WEIR_CONSUMER: 'cafe/orders' }))(
    await cloud.receive('orders'),
    invocation(),
  )
  expect((await ask(handler, { path: '/orders/8' })).json).toMatchObject({ drink: 'cortado' })
  const another = { method: 'PUT', path: '/orders/7', ...jsonBody({ drink: 'four' }) }
  const refused = await ask(api({ cafe }, cloud.options()), another)
  expect(refused.statusCode).toBe(500)
  await dynamo.send(new PutItemCommand({ TableName: tables.events, Item }))
  await reconcile({ cafe }, cloud.options())({}, invocation())
  expect((await cloud.receive('orders')).Records).not.toHaveLength(0)
  expect(lines).toHaveLength(1)
})

test('(G3) what the stream never told of is found in the table, and rung for', async () => {
  await reconcile({ cafe }, cloud.options())({}, invocation())
  await cloud.receive('orders')
  await order(api({ cafe }, cloud.options()), '6', 'macchiato')
  const run = reconcile({ cafe }, cloud.options())
  const { cafe: progress } = await run({}, invocation())
  expect(progress).toMatchObject({ isDone: true, placed: 1, of: progress?.read })
  expect((await cloud.receive('orders')).Records).toHaveLength(1)
  expect(await run({}, invocation())).toEqual({ cafe: { ...progress, placed: 0 } })
  expect((await cloud.receive('orders')).Records).toEqual([])
})

test('a table that there was no time for is read by a later call, and the log says how far it was', async () => {
  await order(api({ cafe }, cloud.options()), '8', 'ristretto')
  const logger = { ...silentLogger, warn: vi.fn() }
  const late = reconcile({ cafe }, { ...cloud.options(), logger })
  expect(await late({}, invocation(0))).toMatchObject({ cafe: { isDone: false, read: 0, placed: 0 } })
  const how = { app: 'cafe', read: 0, of: expect.any(Number) }
  expect(logger.warn).toHaveBeenCalledWith(how, expect.stringContaining('the next call goes on'))
  expect(await reconcile({ cafe }, cloud.options())({}, invocation())).toMatchObject({
    cafe: { isDone: true, placed: 1 },
  })
  await cloud.receive('orders')
})

test('who connects as the reader serves the application, and cannot write documents', async () => {
  const role = `reader_${process.pid}_${Date.now()}`
  await execute(cloud.database, `CREATE ROLE ${role} LOGIN PASSWORD 'secret'`)
  onTestFinished(async () => void (await execute(cloud.database, `DROP OWNED BY ${role}; DROP ROLE ${role}`)))
  await migratePostgres({ url: cloud.database, application: 'cafe', viewer: role })
  const url = new URL(cloud.database)
  Object.assign(url, { username: role, password: 'secret' })
  const readModels = postgresReadModels({ url: url.href, readOnly: true })
  const engine = dynamodbEngine({ tables: () => tables, readModels, places: false })
  const handler = api({ cafe }, { ...cloud.options(), engine })
  const token = await order(handler, '2', 'latte')
  await publisher({ cafe }, cloud.options())(await cloud.streamed())
  const read = show(handler, '2', token, 20)
  await projection({ cafe }, cloud.options({ WEIR_CONSUMER: 'cafe/orders' }))(
    sqsEvent(rung({ app: 'cafe' })),
    invocation(),
  )
  expect(await read).toMatchObject({ statusCode: 200, headers: { 'consistency-status': 'reached' } })
  expect((await ask(handler, { path: '/orders' })).json).not.toHaveLength(0)
  expect((await ask(handler, { path: '/ready' })).json).toMatchObject({ status: 'ready' })
})
