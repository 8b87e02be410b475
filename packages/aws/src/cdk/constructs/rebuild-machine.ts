import { ArnFormat, Stack } from 'aws-cdk-lib'
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions'
import type { Construct } from 'constructs'
import { singleFunction } from '../../contract/index.ts'
import type { Installation } from './installation.ts'
import { justify } from './justify.ts'
import { rebuildDefinition } from './rebuild-definition.ts'

/** What the ARN of the state machine will be: functions name it that are made before it. */
export function announceRebuilds(scope: Construct, { plan, references }: Installation): void {
  const arn = Stack.of(scope).formatArn({
    ...{ service: 'states', resource: 'stateMachine', resourceName: singleFunction(plan.prefix, 'rebuild') },
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  })
  references.set('state-machine/rebuild', [arn])
}

/** The state machine that rebuilds projections with the function `rebuild`. */
export function rebuildMachine(
  scope: Construct,
  { plan, profile, tracing }: Installation,
  lambda: IFunction,
): StateMachine {
  const stateMachineName = singleFunction(plan.prefix, 'rebuild')
  const destination = new LogGroup(scope, 'RebuildsLog', {
    logGroupName: `/aws/vendedlogs/states/${stateMachineName}`,
    ...{ retention: profile.logRetention, removalPolicy: profile.removal },
  })
  const calls = new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [lambda.functionArn] })
  const role = new Role(scope, 'RebuildsRole', {
    assumedBy: new ServicePrincipal('states.amazonaws.com'),
    inlinePolicies: { rights: new PolicyDocument({ statements: [calls] }) },
  })
  const machine = new StateMachine(scope, 'Rebuilds', {
    ...{ stateMachineName, role, tracingEnabled: tracing },
    definitionBody: DefinitionBody.fromString(Stack.of(scope).toJsonString(rebuildDefinition(lambda.functionArn))),
    logs: { destination, level: LogLevel.ALL, includeExecutionData: false },
  })
  if (!tracing) justify(machine, { SF2: 'Traces are off for the whole installation: TRACING turns them on' })
  justify(role, {
    'IAM5[Resource::*]': 'Step Functions sets up the delivery of its log, which has no resources to name',
  })
  return machine
}
