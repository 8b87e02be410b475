import { NestedStack, Stack } from 'aws-cdk-lib'
import type { EventSourceMapping, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import type { AppPlan, FunctionPlan } from '../plan/types.ts'
import { Doorbells } from './doorbells.ts'
import { functionOf } from './functions.ts'
import type { Installation } from './installation.ts'
import { justify } from './justify.ts'
import type { Network } from './network.ts'
import { Store } from './store.ts'
import { feedFromQueues, feedFromStream } from './triggers.ts'

/**
 * What one application has of its own: its store, its doorbells, its publisher and its consumers. Where a stack would get too large, all
 * but the store, which the migration needs before, is in a nested one.
 */
export class AppResources extends Construct {
  readonly plan: AppPlan
  readonly store: Store
  readonly doorbells: Doorbells
  readonly publisher: LambdaFunction
  /** The functions of projections and policies, by their names. */
  readonly consumers: Readonly<Record<string, LambdaFunction>>
  readonly eventSources: readonly EventSourceMapping[]

  constructor(scope: Construct, id: string, installation: Installation, plan: AppPlan, network: Network) {
    super(scope, id)
    this.plan = plan
    this.store = new Store(this, 'Store', installation, plan)
    const place = installation.nests
      ? new NestedStack(this, 'Stack', { description: `${plan.name} of ${installation.plan.prefix}` })
      : this
    this.doorbells = new Doorbells(place, 'Doorbells', installation, plan)
    const functionFor = (id: string, consumer?: string) =>
      functionOf(place, id, installation, plannedFor(installation, plan.name, consumer), network)
    this.publisher = functionFor('Publisher')
    justifyListing(this.publisher, installation, plan.name)
    const eventSources = [feedFromStream(installation, this.publisher, plan, this.store)]
    const consumers = plan.consumers.map((consumer): [string, LambdaFunction] => {
      const made = functionFor(consumer.name, consumer.name)
      eventSources.push(...feedFromQueues(installation, made, consumer, this.doorbells))
      return [consumer.name, made]
    })
    this.consumers = Object.fromEntries(consumers)
    this.eventSources = eventSources
  }
}

function plannedFor({ plan }: Installation, app: string, consumer: string | undefined): FunctionPlan {
  const planned = plan.functions.find((one) => one.app === app && one.consumer === consumer)
  if (planned) return planned
  throw new Error(`The plan has no function for ${consumer ?? 'the publisher'} of ${app}`)
}

function justifyListing(publisher: LambdaFunction, { references }: Installation, app: string): void {
  const [streams = ''] = references.arns(`streams/${app}`)
  const reason = 'ListStreams: Lambda lists the streams of the table before it reads the one'
  justify(publisher.role ?? publisher, { [`IAM5[Resource::${finding(Stack.of(publisher), streams)}]`]: reason })
}

/** An ARN as AwsSolutions writes it: `arn:<AWS::Partition>:…`. */
function finding(stack: Stack, arn: string): string {
  const resolved: unknown = stack.resolve(arn)
  if (typeof resolved === 'string') return resolved
  const [, parts] = (resolved as { 'Fn::Join': [string, (string | { Ref: string })[]] })['Fn::Join']
  return parts.map((part) => (typeof part === 'string' ? part : `<${part.Ref}>`)).join('')
}
