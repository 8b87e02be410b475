import { Duration } from 'aws-cdk-lib'
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import {
  Architecture,
  type CfnFunction,
  Code,
  Function as LambdaFunction,
  RecursiveLoop,
  Runtime,
} from 'aws-cdk-lib/aws-lambda'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { bundle } from '../bundle/bundle.ts'
import type { FunctionPlan } from '../plan/types.ts'
import type { Installation } from './installation.ts'
import { justify } from './justify.ts'
import type { Network } from './network.ts'
import { overridden } from './overrides.ts'

/** Makes a function as it is planned, with a role that allows what the plan says and no more. */
export function functionOf(
  scope: Construct,
  id: string,
  installation: Installation,
  planned: FunctionPlan,
  network: Network,
): LambdaFunction {
  const { references, overrides, profile, entry, tracing } = installation
  const { name: functionName, description, environment, inVpc } = planned
  const place = new Construct(scope, id)
  const { folder, handler } = bundle(entry, planned.role)
  const logGroup = new LogGroup(place, 'Log', {
    logGroupName: `/aws/lambda/${functionName}`,
    retention: profile.logRetention,
    removalPolicy: profile.removal,
  })
  const props = {
    ...{ functionName, description, handler, logGroup },
    code: Code.fromAsset(folder),
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    timeout: Duration.seconds(planned.timeoutSeconds),
    memorySize: planned.memoryMegabytes,
    role: roleOf(place, installation, planned, logGroup),
    // A policy sends its next timer to a queue of its own: Lambda would take that for a loop, and drop the message after some rounds.
    ...(planned.role === 'policy' && { recursiveLoop: RecursiveLoop.ALLOW }),
    environment: Object.fromEntries(Object.entries(environment).map(([key, text]) => [key, references.fill(text)])),
    ...(inVpc && { vpc: network.vpc, vpcSubnets: network.subnets, securityGroups: [network.functions] }),
  }
  const made = new LambdaFunction(place, 'Function', overridden(overrides, 'function', functionName, props))
  // The construct would add a policy of its own for it; the role says so already.
  if (tracing) (made.node.defaultChild as CfnFunction).tracingConfig = { mode: 'Active' }
  installation.functions.set(functionName, made)
  return made
}

function roleOf(
  scope: Construct,
  { references, tracing }: Installation,
  { rights, inVpc, name }: FunctionPlan,
  logGroup: LogGroup,
): Role {
  const statements = [
    ...rights.map(({ on, actions }) => new PolicyStatement({ actions: [...actions], resources: references.arns(on) })),
    ...[writesLog(logGroup), ...(inVpc ? [joinsVpc()] : []), ...(tracing ? [sendsTraces()] : [])],
  ]
  const role = new Role(scope, 'Role', {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    description: `What ${name} may do`,
    inlinePolicies: { rights: new PolicyDocument({ statements, minimize: false }) },
  })
  const wildcards = statements.filter(({ sid }) => sid !== undefined && sid in reasons)
  if (wildcards.length > 0) {
    justify(role, { 'IAM5[Resource::*]': wildcards.map(({ sid = '' }) => `${sid}: ${reasons[sid]}`).join('. ') })
  }
  return role
}

/** Why a statement has to allow something on all resources. */
const reasons: Readonly<Record<string, string>> = {
  JoinVpc: 'Lambda makes network interfaces as this role, and nobody knows before which they will be',
  SendTraces: 'X-Ray has no resources that traces could be limited to',
}

function writesLog(logGroup: LogGroup): PolicyStatement {
  const actions = ['logs:CreateLogStream', 'logs:PutLogEvents']
  return new PolicyStatement({ sid: 'WriteLog', actions, resources: [logGroup.logGroupArn] })
}

function joinsVpc(): PolicyStatement {
  const actions = [
    'ec2:AssignPrivateIpAddresses',
    'ec2:CreateNetworkInterface',
    'ec2:DeleteNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:UnassignPrivateIpAddresses',
  ]
  return new PolicyStatement({ sid: 'JoinVpc', actions, resources: ['*'] })
}

function sendsTraces(): PolicyStatement {
  const actions = ['xray:PutTelemetryRecords', 'xray:PutTraceSegments']
  return new PolicyStatement({ sid: 'SendTraces', actions, resources: ['*'] })
}
