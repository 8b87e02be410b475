import { type CfnElement, Stack } from 'aws-cdk-lib'
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

/** What one application has of its own: its store, its doorbells, its publisher and its consumers. */
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
    this.doorbells = new Doorbells(this, 'Doorbells', installation, plan)
    const functionFor = (id: string, consumer?: string) =>
      functionOf(this, id, installation, plannedFor(installation, plan.name, consumer), network)
    this.publisher = functionFor('Publisher')
    const events = Stack.of(this).getLogicalId(this.store.events.node.defaultChild as CfnElement)
    justify(this.publisher.role ?? this, {
      [`IAM5[Resource::<${events}.Arn>/stream/*]`]:
        'ListStreams: Lambda lists the streams of the table before it reads the one',
    })
    const eventSources = [feedFromStream(this, installation, this.publisher, plan, this.store)]
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
