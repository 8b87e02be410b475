import { dynamodbEngine } from '@weir/engine-dynamodb'
import { migratePostgres, postgresReadModels } from '@weir/engine-postgres'
import { execute } from '@weir/test-postgres'
import type { CloudFormationCustomResourceCreateEvent } from 'aws-lambda'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { type Asked, httpEvent, invocation, jsonBody } from './api/event.fixture.ts'
import type { ApiHandler } from './api/handler.ts'
import { api } from './api.ts'
import { cafeOf } from './cafe.fixture.ts'
import { tables, useCloud } from './cloud.fixture.ts'
import { rung, sqsEvent } from './consumer/sqs-event.fixture.ts'
import { migrate } from './migrate.ts'
import { projection } from './projection.ts'

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

test('what a command records is folded by the function that was rung, and read with its token', async () => {
  const handler = api({ cafe }, cloud.options())
  const token = await order(handler, '1', 'tea')
  const read = show(handler, '1', token, 20)
  const fold = projection({ cafe }, cloud.options({ WEIR_CONSUMER: 'cafe/orders' }))
  expect(await fold(sqsEvent(rung({ app: 'cafe' })), invocation())).toEqual({ batchItemFailures: [] })
  expect(await read).toMatchObject({
    statusCode: 200,
    headers: { 'consistency-status': 'reached' },
    json: { id: '1', drink: 'tea' },
  })
})

test('who connects as the reader serves the application, and cannot write documents', async () => {
  const role = `reader_${process.pid}_${Date.now()}`
  await execute(cloud.database, `CREATE ROLE ${role} LOGIN PASSWORD 'secret'`)
  onTestFinished(async () => void (await execute(cloud.database, `DROP OWNED BY ${role}; DROP ROLE ${role}`)))
  await migratePostgres({ url: cloud.database, application: 'cafe', viewer: role })
  const url = new URL(cloud.database)
  Object.assign(url, { username: role, password: 'secret' })
  const readModels = postgresReadModels({ url: url.href, readOnly: true })
  const engine = dynamodbEngine({ tables: () => tables, readModels })
  const handler = api({ cafe }, { ...cloud.options(), engine })
  const token = await order(handler, '2', 'latte')
  const read = show(handler, '2', token, 20)
  await projection({ cafe }, cloud.options({ WEIR_CONSUMER: 'cafe/orders' }))(
    sqsEvent(rung({ app: 'cafe' })),
    invocation(),
  )
  expect(await read).toMatchObject({ statusCode: 200, headers: { 'consistency-status': 'reached' } })
  expect((await ask(handler, { path: '/orders' })).json).toHaveLength(2)
  expect((await ask(handler, { path: '/ready' })).json).toMatchObject({ status: 'ready' })
})
