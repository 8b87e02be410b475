import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { App, CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { AttributeType, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb'
import { EventBus, Rule, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import { Code, Function as Lambda, Runtime, StartingPosition } from 'aws-cdk-lib/aws-lambda'
import { DynamoEventSource, SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import { SubscriptionFilter, Topic } from 'aws-cdk-lib/aws-sns'
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import { DefinitionBody, StateMachine } from 'aws-cdk-lib/aws-stepfunctions'
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks'
import { build } from 'esbuild'

/** The synthesised templates of a small shop. */
export interface SynthesisedShop {
  readonly cdkOut: string
  /** A folder for the data of a local cloud. */
  readonly data: string
  remove(): void
}

/**
 * A shop on AWS, smaller than any of Weir's: orders come in by HTTP, are put into a table, told by its stream to a topic, from
 * there to a queue, and packed by what takes them out of the queue.
 */
export async function synthesiseShop(): Promise<SynthesisedShop> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-local-cloud-'))
  const code = join(folder, 'code')
  mkdirSync(code)
  await build({
    entryPoints: [fileURLToPath(new URL('./shop-handlers.fixture.ts', import.meta.url))],
    outfile: join(code, 'index.mjs'),
    ...{ bundle: true, format: 'esm', platform: 'node', target: 'node24', minify: true },
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)" },
  })
  const cdkOut = join(folder, 'cdk.out')
  const app = new App({ outdir: cdkOut, analyticsReporting: false })
  shopStack(app, code)
  app.synth()
  return { cdkOut, data: join(folder, 'data'), remove: () => rmSync(folder, { recursive: true, force: true }) }
}

function shopStack(app: App, folder: string): void {
  const stack = new Stack(app, 'Shop')
  const table = (id: string, stream?: StreamViewType) =>
    new Table(stack, id, {
      partitionKey: { name: 'id', type: AttributeType.STRING },
      removalPolicy: RemovalPolicy.DESTROY,
      ...(stream ? { stream } : {}),
    })
  const orders = table('Orders', StreamViewType.NEW_IMAGE)
  const packed = table('Packed')
  const news = new Topic(stack, 'News', { fifo: true, topicName: 'shop-news.fifo' })
  const toPack = new Queue(stack, 'ToPack', { fifo: true, visibilityTimeout: Duration.seconds(30) })
  news.addSubscription(
    new SqsSubscription(toPack, {
      rawMessageDelivery: true,
      filterPolicy: { kind: SubscriptionFilter.stringFilter({ allowlist: ['order'] }) },
    }),
  )
  const bus = new EventBus(stack, 'Bus')
  const secret = new Secret(stack, 'ApiKey', { generateSecretString: { passwordLength: 20, excludePunctuation: true } })
  const environment = {
    ...{ ORDERS: orders.tableName, PACKED: packed.tableName, NEWS: news.topicArn, BUS: bus.eventBusName },
    API_KEY_SECRET: secret.secretArn,
  }
  const handler = (name: string, timeout = Duration.seconds(3)) =>
    new Lambda(stack, name, {
      ...{
        functionName: `shop-${name}`,
        runtime: Runtime.NODEJS_24_X,
        handler: `index.${name}`,
        environment,
        timeout,
        memorySize: 256,
      },
      code: Code.fromAsset(folder),
    })
  const tell = handler('tell')
  tell.addEventSource(
    new DynamoEventSource(orders, {
      ...{ startingPosition: StartingPosition.TRIM_HORIZON, batchSize: 10, retryAttempts: -1 },
      reportBatchItemFailures: true,
    }),
  )
  const pack = handler('pack')
  pack.addEventSource(new SqsEventSource(toPack, { batchSize: 10, reportBatchItemFailures: true }))
  const count = handler('count')
  new Rule(stack, 'EachMinute', { schedule: Schedule.rate(Duration.minutes(1)), targets: [new LambdaFunction(count)] })
  const machine = new StateMachine(stack, 'Count', {
    definitionBody: DefinitionBody.fromChainable(new LambdaInvoke(stack, 'Count orders', { lambdaFunction: count })),
  })
  const api = new HttpApi(stack, 'Api')
  const take = handler('take', Duration.seconds(2))
  take.addEnvironment('MACHINE', machine.stateMachineArn)
  api.addRoutes({ path: '/{proxy+}', integration: new HttpLambdaIntegration('Take', take) })
  new CfnOutput(stack, 'Url', { value: api.apiEndpoint })
}
