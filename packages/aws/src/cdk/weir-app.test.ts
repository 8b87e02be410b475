import { App, Stack } from 'aws-cdk-lib'
import { Annotations, Match } from 'aws-cdk-lib/assertions'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { describe, expect, test } from 'vitest'
import { aggregateAttribute, kindAttribute } from '../contract/index.ts'
import { madePages, shopStack } from './shop-stack.fixture.ts'

const dev = shopStack({ site: { pages: madePages(), console: madePages() } })
const prod = shopStack({ profile: 'prod', internet: false, tracing: true })

type Properties = Record<string, unknown>

const all = (stack: typeof dev, type: string) =>
  Object.values(stack.template.findResources(type)) as {
    Properties: Properties
    DependsOn?: string[]
    DeletionPolicy?: string
  }[]
const propertiesOf = (stack: typeof dev, type: string) => all(stack, type).map(({ Properties }) => Properties)

describe('the store', () => {
  test('has two tables on demand that can be restored to any second, and a stream of what is recorded', () => {
    const tables = propertiesOf(prod, 'AWS::DynamoDB::Table')
    expect(tables.map(({ TableName }) => TableName)).toEqual(['shop-dev-shop-events', 'shop-dev-shop-index'])
    for (const table of tables) {
      expect(table).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        DeletionProtectionEnabled: true,
      })
    }
    expect(tables.map(({ StreamSpecification }) => StreamSpecification)).toEqual([
      { StreamViewType: 'NEW_IMAGE' },
      undefined,
    ])
  })

  test('stays when a stack for production goes, and goes with one for development', () => {
    const policies = (stack: typeof dev) =>
      all(stack, 'AWS::DynamoDB::Table').map(({ DeletionPolicy }) => DeletionPolicy)
    expect(policies(prod)).toEqual(['Retain', 'Retain'])
    expect(policies(dev)).toEqual(['Delete', 'Delete'])
  })
})

describe('doorbells', () => {
  test('reach a consumer for its aggregates alone, as they were sent', () => {
    dev.template.hasResourceProperties('AWS::SNS::Topic', { FifoTopic: true, FifoThroughputScope: 'MessageGroup' })
    const filters = propertiesOf(dev, 'AWS::SNS::Subscription').map(
      ({ FilterPolicy, FilterPolicyScope, RawMessageDelivery }) => {
        expect([FilterPolicyScope ?? 'MessageAttributes', RawMessageDelivery]).toEqual(['MessageAttributes', true])
        return FilterPolicy
      },
    )
    const filter = (kind: string, ...of: string[]) => ({ [aggregateAttribute]: of, [kindAttribute]: [kind] })
    expect(filters).toEqual([
      filter('projections', 'order', 'parcel'),
      filter('policies', 'order'),
      filter('policies', 'parcel'),
      filter('policies', 'parcel'),
    ])
  })

  test('are never set aside, and hidden for six times as long as the function may take', () => {
    const queues = propertiesOf(dev, 'AWS::SQS::Queue')
    expect(queues).toHaveLength(7)
    const timeouts = new Map(
      propertiesOf(dev, 'AWS::Lambda::Function').map(({ FunctionName, Timeout }) => [FunctionName, Timeout]),
    )
    for (const { QueueName, RedrivePolicy, VisibilityTimeout } of queues) {
      expect(RedrivePolicy).toBeUndefined()
      const name = String(QueueName).replace(/\.fifo$|_timers$/, '')
      expect(VisibilityTimeout).toBe(6 * Number(timeouts.get(name)))
    }
  })

  test('of one lane do not hold up another', () => {
    const fifo = propertiesOf(dev, 'AWS::SQS::Queue').filter(({ FifoQueue }) => FifoQueue)
    expect(fifo).toHaveLength(4)
    for (const queue of fifo) {
      expect(queue).toMatchObject({ DeduplicationScope: 'messageGroup', FifoThroughputLimit: 'perMessageGroupId' })
      expect(queue.ContentBasedDeduplication).not.toBe(true)
    }
  })
})

describe('what starts functions', () => {
  test('tries a batch of the stream again as long as there is one', () => {
    dev.template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      StartingPosition: 'TRIM_HORIZON',
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: -1,
      MaximumRecordAgeInSeconds: Match.absent(),
      DestinationConfig: Match.absent(),
    })
  })

  test('is told of single messages that failed', () => {
    const mappings = propertiesOf(dev, 'AWS::Lambda::EventSourceMapping')
    expect(mappings).toHaveLength(8)
    for (const { FunctionResponseTypes } of mappings) expect(FunctionResponseTypes).toEqual(['ReportBatchItemFailures'])
  })

  test('may be a policy itself, again and again: by the message that it sends for its next timer', () => {
    const allowed = propertiesOf(dev, 'AWS::Lambda::Function').filter(({ RecursiveLoop }) => RecursiveLoop === 'Allow')
    expect(allowed.map(({ FunctionName }) => FunctionName)).toEqual([
      ...['shop-dev-shop_send-parcel', 'shop-dev-shop_remind', 'shop-dev-shop_public-events'],
    ])
  })

  test('looks each minute in production, and lets a database for development sleep', () => {
    const rates = (stack: typeof dev) =>
      propertiesOf(stack, 'AWS::Events::Rule').map(({ ScheduleExpression }) => ScheduleExpression)
    expect(rates(prod)).toEqual(['rate(1 minute)', 'rate(1 day)'])
    expect(rates(dev)).toEqual(['rate(1 hour)', 'rate(1 day)'])
  })
})

describe('functions', () => {
  test('run on Node 24 on ARM, write to logs that end, and trace when asked', () => {
    const own = propertiesOf(prod, 'AWS::Lambda::Function').filter(({ FunctionName }) => FunctionName)
    expect(own).toHaveLength(11)
    for (const one of own) {
      expect(one).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], TracingConfig: { Mode: 'Active' } })
      expect(one.LoggingConfig).toBeDefined()
    }
    for (const { RetentionInDays } of propertiesOf(prod, 'AWS::Logs::LogGroup')) expect(RetentionInDays).toBe(90)
  })

  test('that rely on the migration are changed after it', () => {
    const [migration] = Object.keys(dev.template.findResources('Custom::WeirMigration'))
    const early = all(dev, 'AWS::Lambda::Function').filter(
      ({ DependsOn = [] }) => !DependsOn.includes(String(migration)),
    )
    const names = early.map(({ Properties: { FunctionName } }) => FunctionName).filter(Boolean)
    expect(names).toEqual(['shop-dev-rebuild', 'shop-dev-migrate'])
  })

  test('reach all services of theirs before the migration is called', () => {
    const [migration] = all(prod, 'Custom::WeirMigration')
    const ways = ['AWS::EC2::VPCEndpoint', 'AWS::EC2::SecurityGroupIngress'].flatMap((type) =>
      Object.keys(prod.template.findResources(type)),
    )
    expect(ways.length).toBeGreaterThan(4)
    expect(migration?.DependsOn).toEqual(expect.arrayContaining(ways))
  })

  test('are called anew by the migration when definitions change', () => {
    const revision = (stack: typeof dev) => propertiesOf(stack, 'Custom::WeirMigration')[0]?.revision
    expect(revision(dev)).toMatch(/^[0-9a-f]{32}$/)
    expect(revision(shopStack({ environment: { ITEMS: '2' } }))).not.toBe(revision(dev))
  })
})

describe('the database', () => {
  test('sleeps in development, without a proxy; in production it has a second instance and a proxy', () => {
    const scaling = (stack: typeof dev) =>
      propertiesOf(stack, 'AWS::RDS::DBCluster')[0]?.ServerlessV2ScalingConfiguration
    expect(scaling(dev)).toMatchObject({ MinCapacity: 0, SecondsUntilAutoPause: 300 })
    expect(scaling(prod)).toMatchObject({ MinCapacity: 0.5 })
    expect([dev, prod].map((stack) => all(stack, 'AWS::RDS::DBInstance').length)).toEqual([1, 2])
    dev.template.resourceCountIs('AWS::RDS::DBProxy', 0)
    prod.template.hasResourceProperties('AWS::RDS::DBProxy', { DefaultAuthScheme: 'IAM_AUTH', RequireTLS: true })
  })

  test('knows callers by IAM, and keeps the password of its administrator itself', () => {
    prod.template.hasResourceProperties('AWS::RDS::DBCluster', {
      EnableIAMDatabaseAuthentication: true,
      ManageMasterUserPassword: true,
      StorageEncrypted: true,
      DeletionProtection: true,
    })
  })

  test('is reached from functions alone, and services by endpoints where there is no way to the internet', () => {
    const services = propertiesOf(prod, 'AWS::EC2::VPCEndpoint').map(({ ServiceName }) => JSON.stringify(ServiceName))
    expect(services.map((name) => /\.(dynamodb|secretsmanager|sqs|states)"/.exec(name)?.[1])).toEqual(
      expect.arrayContaining(['dynamodb', 'secretsmanager', 'sqs', 'states']),
    )
    prod.template.resourceCountIs('AWS::EC2::NatGateway', 0)
    dev.template.resourceCountIs('AWS::EC2::NatGateway', 1)
    dev.template.resourceCountIs('AWS::EC2::VPCEndpoint', 1)
  })
})

describe('callers', () => {
  test('are throttled, and each request is logged', () => {
    prod.template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      DefaultRouteSettings: { ThrottlingRateLimit: 1000, ThrottlingBurstLimit: 2000 },
      AccessLogSettings: Match.objectLike({ Format: Match.stringLikeRegexp('requestId') }),
    })
  })

  test('find what changes read models at a function of its own', () => {
    const keys = propertiesOf(dev, 'AWS::ApiGatewayV2::Route').map(({ RouteKey }) => RouteKey)
    expect(keys).toEqual(['$default', 'ANY /ops', 'ANY /ops/{proxy+}', 'POST /orders/rebuild', 'POST /graphql'])
  })

  test('get pages from files, and all else from the applications', () => {
    const [{ DistributionConfig } = {}] = propertiesOf(dev, 'AWS::CloudFront::Distribution')
    const { CacheBehaviors, DefaultCacheBehavior } = DistributionConfig as {
      CacheBehaviors: { PathPattern: string; TargetOriginId: string }[]
      DefaultCacheBehavior: { TargetOriginId: string }
    }
    expect(CacheBehaviors.map(({ PathPattern }) => PathPattern)).toEqual([
      ...['/', '/console', '/assets/*', '/console/assets/*', '/console/*', '/favicon.svg', '/index.html'],
    ])
    for (const { TargetOriginId } of CacheBehaviors)
      expect(TargetOriginId).not.toBe(DefaultCacheBehavior.TargetOriginId)
    prod.template.resourceCountIs('AWS::CloudFront::Distribution', 0)
  })

  test('are shown GraphiQL and the GraphQL schema in development alone', () => {
    const introspection = (stack: typeof dev) =>
      propertiesOf(stack, 'AWS::Lambda::Function').flatMap(({ FunctionName, Environment }) => {
        const { Variables } = (Environment ?? {}) as { Variables?: Record<string, string> }
        return FunctionName === 'shop-dev-api' ? [Variables?.GRAPHQL_INTROSPECTION] : []
      })
    expect([introspection(dev), introspection(prod)]).toEqual([['on'], ['off']])
  })

  test('have keys that nobody has seen, unless one is given', () => {
    const secrets = propertiesOf(prod, 'AWS::SecretsManager::Secret')
    expect(secrets.every(({ GenerateSecretString }) => GenerateSecretString)).toBe(true)
    const given = shopStack({ apiKey: 'a-key-for-development' })
    given.template.hasResourceProperties('AWS::SecretsManager::Secret', { SecretString: 'a-key-for-development' })
    const risky = shopStack({ profile: 'prod', apiKey: 'a-key-for-production' })
    Annotations.fromStack(Stack.of(risky.shop)).hasWarning(
      '*',
      Match.stringLikeRegexp('API_KEY stands in the template'),
    )
  })
})

describe('operators', () => {
  test('are warned in production of what lags, parks, fails or stands', () => {
    const names = propertiesOf(prod, 'AWS::CloudWatch::Alarm').map(({ AlarmName }) => AlarmName)
    expect(names).toEqual(
      expect.arrayContaining([
        ...['shop-dev shop orders lags', 'shop-dev shop orders has parked', 'shop-dev shop feed stands'],
        ...[
          'shop-dev shop_send-parcel fails',
          'shop-dev api throttled',
          'shop-dev rebuild failed',
          'shop-dev server errors',
        ],
      ]),
    )
    const missing = propertiesOf(prod, 'AWS::CloudWatch::Alarm').find((each) =>
      /lacks events/.test(String(each.AlarmName)),
    )
    expect(missing).toMatchObject({
      ...{ AlarmName: 'shop-dev shop lacks events', Namespace: 'Weir', MetricName: 'IncompleteStreams' },
      ...{ Period: 3600, EvaluationPeriods: 26, DatapointsToAlarm: 1, TreatMissingData: 'notBreaching' },
    })
    dev.template.resourceCountIs('AWS::CloudWatch::Alarm', 0)
    dev.template.resourceCountIs('AWS::CloudWatch::Dashboard', 1)
  })

  test('are told where they say', () => {
    const stack = new Stack(new App(), 'alarms')
    const alarmTopic = Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:eu-west-1:123456789012:alarms')
    const [alarm] = propertiesOf(shopStack({ alarmTopic }), 'AWS::CloudWatch::Alarm')
    expect(alarm?.AlarmActions).toEqual(['arn:aws:sns:eu-west-1:123456789012:alarms'])
  })

  test('find public events on a bus of their own', () => {
    dev.template.hasResourceProperties('AWS::Events::EventBus', { Name: 'shop-dev' })
  })

  test('find every resource by its tags and what it is called', () => {
    dev.template.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: 'shop-dev-shop_send-parcel.fifo',
      Tags: Match.arrayWith([
        { Key: 'app', Value: 'shop-dev' },
        { Key: 'stage', Value: 'dev' },
      ]),
    })
    const outputs = Object.values(dev.template.findOutputs('*')).map(({ Description }) => Description)
    expect(outputs).toEqual(
      expect.arrayContaining(['Pages and applications', 'Commits of shop', 'Rebuilds projections']),
    )
  })
})

describe('what an author wants otherwise', () => {
  test('is changed by kind and name, and all else stays', () => {
    const { template } = shopStack({
      overrides: { function: (name, props) => (name === 'shop-dev-api' ? { ...props, memorySize: 2048 } : props) },
    })
    template.hasResourceProperties('AWS::Lambda::Function', { FunctionName: 'shop-dev-api', MemorySize: 2048 })
    template.hasResourceProperties('AWS::Lambda::Function', { FunctionName: 'shop-dev-operations', MemorySize: 1024 })
  })

  test('pages that are not built are refused', () => {
    expect(() => shopStack({ site: { pages: import.meta.dirname } })).toThrow('build the pages first')
  })
})

describe('a store that was restored', () => {
  const restored = { shop: { events: 'restored-events', index: 'restored-index', stream: '2026-11-28T12:00:00.000' } }
  const { shop, template } = shopStack({ restored })

  test('takes the place of the tables that the stack made', () => {
    template.resourceCountIs('AWS::DynamoDB::Table', 0)
    const publisher = shop.plan.functions.find(({ role }) => role === 'publisher')
    expect(publisher?.environment.WEIR_APPS).toContain('"events":"restored-events","index":"restored-index"')
    const sources = propertiesOf({ shop, template }, 'AWS::Lambda::EventSourceMapping').map(({ EventSourceArn }) =>
      JSON.stringify(EventSourceArn),
    )
    expect(sources.filter((source) => source.includes('restored-events/stream/2026-11-28T12:00:00.000'))).toHaveLength(
      1,
    )
  })

  test('has to be of an application', () => {
    expect(() => shopStack({ restored: { shelf: restored.shop } })).toThrow("'shelf' has restored tables")
  })
})

test('an application has a nested stack where one would be too large; its store stays where the migration needs it', () => {
  const { template } = shopStack({ profile: 'prod', nested: true })
  template.resourceCountIs('AWS::CloudFormation::Stack', 1)
  template.resourceCountIs('AWS::DynamoDB::Table', 2)
  template.resourceCountIs('AWS::SQS::Queue', 0)
})
