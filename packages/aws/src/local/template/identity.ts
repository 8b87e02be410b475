/** What a resource is called, and what other parts of the template get when they refer to it. */
export interface Identity {
  /** Its name in the service, such as that of a queue. */
  readonly name: string
  readonly arn: string
  /** What `Ref` gives. */
  readonly ref: string
  /** What `Fn::GetAtt` gives, beside `Arn`. */
  readonly attributes: Readonly<Record<string, string>>
}

/** Where the parts of the local cloud are. */
export interface Places {
  readonly region: string
  /** `http://127.0.0.1:port` of the queues. */
  readonly queues: string
  readonly postgres: { readonly host: string; readonly port: number }
}

export const account = '000000000000'

type Properties = Readonly<Record<string, unknown>>
interface Naming {
  /** The property that names it. */
  readonly property?: string
  /** As it stands in the ARN after the service, such as `function:`. */
  readonly service?: string
  readonly ref?: 'arn' | 'name' | 'url'
  readonly attributes?: (name: string, places: Places) => Record<string, string>
}

const database: Naming['attributes'] = (_, { postgres }) => ({
  Endpoint: postgres.host,
  'Endpoint.Address': postgres.host,
  'Endpoint.Port': String(postgres.port),
  'ReadEndpoint.Address': postgres.host,
  MasterUserSecretSecretArn: '',
})

const namings: Readonly<Record<string, Naming>> = {
  'AWS::DynamoDB::Table': { property: 'TableName', service: 'dynamodb:region:table/' },
  'AWS::DynamoDB::GlobalTable': { property: 'TableName', service: 'dynamodb:region:table/' },
  'AWS::SQS::Queue': { property: 'QueueName', service: 'sqs:region:', ref: 'url' },
  'AWS::SNS::Topic': { property: 'TopicName', service: 'sns:region:', ref: 'arn' },
  'AWS::Lambda::Function': { property: 'FunctionName', service: 'lambda:region:function:' },
  'AWS::StepFunctions::StateMachine': {
    property: 'StateMachineName',
    service: 'states:region:stateMachine:',
    ref: 'arn',
  },
  'AWS::Events::EventBus': { property: 'Name', service: 'events:region:event-bus/' },
  'AWS::Events::Rule': { property: 'Name', service: 'events:region:rule/' },
  'AWS::SecretsManager::Secret': { property: 'Name', service: 'secretsmanager:region:secret:', ref: 'arn' },
  'AWS::S3::Bucket': {
    property: 'BucketName',
    service: 's3::',
    attributes: (name, { region }) => ({
      DomainName: `${name}.s3.amazonaws.com`,
      RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
    }),
  },
  'AWS::ApiGatewayV2::Api': {
    service: 'apigateway:region:/apis/',
    attributes: (name, { region }) => ({ ApiEndpoint: `https://${name}.execute-api.${region}.amazonaws.com` }),
  },
  'AWS::RDS::DBCluster': { property: 'DBClusterIdentifier', service: 'rds:region:cluster:', attributes: database },
  'AWS::RDS::DBProxy': { property: 'DBProxyName', service: 'rds:region:db-proxy:', attributes: database },
}

/** @param generated the name of a resource that the template does not name */
export function identify(type: string, properties: Properties, generated: string, places: Places): Identity {
  const { property, service = 'local:region:', ref = 'name', attributes } = namings[type] ?? {}
  const given = property === undefined ? undefined : properties[property]
  const name = typeof given === 'string' ? given : withEnding(generated, properties)
  const arn = `arn:aws:${arnPath(service, places.region)}${name}`
  return {
    name,
    arn,
    ref: { arn, name, url: `${places.queues}/${account}/${name}` }[ref],
    attributes: of(name, attributes, places),
  }
}

function of(name: string, attributes: Naming['attributes'], places: Places): Record<string, string> {
  return attributes?.(name, places) ?? {}
}

/** `sqs:region:` → `sqs:eu-west-1:000000000000:`; buckets have neither region nor account. */
function arnPath(service: string, region: string): string {
  if (service === 's3::') return 's3:::'
  const [name, , ...rest] = service.split(':')
  return `${name}:${region}:${account}:${rest.join(':')}`
}

function withEnding(generated: string, { FifoQueue, FifoTopic }: Properties): string {
  return String(FifoQueue ?? FifoTopic) === 'true' ? `${generated.slice(0, 70)}.fifo` : generated.slice(0, 64)
}
