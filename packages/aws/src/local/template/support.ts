import type { Resource } from './instantiate.ts'

/** What the local cloud works with. */
export const served = {
  api: 'AWS::ApiGatewayV2::Api',
  integration: 'AWS::ApiGatewayV2::Integration',
  route: 'AWS::ApiGatewayV2::Route',
  stage: 'AWS::ApiGatewayV2::Stage',
  bus: 'AWS::Events::EventBus',
  bucket: 'AWS::S3::Bucket',
  cluster: 'AWS::RDS::DBCluster',
  deployment: 'Custom::CDKBucketDeployment',
  distribution: 'AWS::CloudFront::Distribution',
  distributionFunction: 'AWS::CloudFront::Function',
  eventSource: 'AWS::Lambda::EventSourceMapping',
  function: 'AWS::Lambda::Function',
  queue: 'AWS::SQS::Queue',
  rule: 'AWS::Events::Rule',
  schedule: 'AWS::Scheduler::Schedule',
  secret: 'AWS::SecretsManager::Secret',
  stateMachine: 'AWS::StepFunctions::StateMachine',
  subscription: 'AWS::SNS::Subscription',
  table: 'AWS::DynamoDB::Table',
  globalTable: 'AWS::DynamoDB::GlobalTable',
  topic: 'AWS::SNS::Topic',
} as const

/** What counts for nothing on one machine: rights, networks, keys, logs, alarms, and what tidies up when a stack goes. */
const needless = [
  /^AWS::(IAM|EC2|KMS|Logs|CloudWatch|WAFv2|Budgets|CDK|XRay|Backup|Synthetics|ResourceGroups|Route53|CertificateManager)::/,
  /^AWS::RDS::(DBInstance|DBSubnetGroup|DBProxy|DBProxyTargetGroup|DBClusterParameterGroup|DBParameterGroup)$/,
  /^AWS::SecretsManager::(SecretTargetAttachment|ResourcePolicy|RotationSchedule)$/,
  /^AWS::Lambda::(Permission|Version|Alias|LayerVersion|EventInvokeConfig)$/,
  /^AWS::CloudFront::(?!Distribution$|Function$)/,
  /^AWS::(SQS|SNS|S3)::\w*Policy$/,
  /^AWS::Events::EventBusPolicy$/,
  /^AWS::Scheduler::ScheduleGroup$/,
  /^AWS::ApiGateway(V2)?::(Account|Deployment|ApiMapping|DomainName)$/,
  /^AWS::SSM::Parameter$/,
  /^AWS::Events::Archive$/,
  /^Custom::(S3AutoDeleteObjects|VpcRestrictDefaultSG|LogRetention|CrossRegionExportWriter)$/,
]

const known = new Set<string>(Object.values(served))

/** Whether it is a resource that a function of the application makes, such as the migration of a database. */
export function isCustom(type: string): boolean {
  return (
    (type.startsWith('Custom::') && !known.has(type) && !isNeedless(type)) ||
    type === 'AWS::CloudFormation::CustomResource'
  )
}

/** What is missing here although it may matter: the types of resources that are neither worked with nor needless. */
export function ignoredTypes(resources: readonly Resource[]): string[] {
  const types = new Set(resources.map(({ type }) => type))
  return [...types].filter((type) => !known.has(type) && !isNeedless(type) && !isCustom(type)).sort()
}

function isNeedless(type: string): boolean {
  return needless.some((each) => each.test(type))
}
