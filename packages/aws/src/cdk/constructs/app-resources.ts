import type { EventSourceMapping, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import type { AppPlan, ConsumerPlan } from '../plan/types.ts'
import { Doorbells, pascalCase } from './doorbells.ts'
import { functionOf } from './functions.ts'
import type { Installation } from './installation.ts'
import type { Network } from './network.ts'
import { Store } from './store.ts'
import { feedFromQueues, feedFromStream } from './triggers.ts'

/** What one application has of its own: to look at, and to change what its definitions do not say. */
export interface AppResources {
  readonly plan: AppPlan
  readonly store: Store
  readonly doorbells: Doorbells
  readonly publisher: LambdaFunction
  /** The functions of projections and policies, by their names. */
  readonly consumers: Readonly<Record<string, LambdaFunction>>
  readonly eventSources: readonly EventSourceMapping[]
}

/** Where an application's commits are kept and how its consumers are called, before any function is made. */
export type AppBase = Pick<AppResources, 'plan' | 'store' | 'doorbells'>

/** Makes the tables, the topic and the queues of an application. */
export function appBase(scope: Construct, installation: Installation, plan: AppPlan): AppBase {
  const store = new Store(scope, 'Store', installation, plan)
  return { plan, store, doorbells: new Doorbells(scope, 'Doorbells', installation, plan) }
}

/** Makes the functions of an application, and what starts them. */
export function appFunctions(
  scope: Construct,
  installation: Installation,
  base: AppBase,
  network: Network,
): AppResources {
  const { functions } = installation.plan
  const { plan, store, doorbells } = base
  const own = functions.filter(({ app }) => app === plan.name)
  const functionFor = (id: string, consumer?: ConsumerPlan): LambdaFunction => {
    const planned = own.find((one) => one.consumer === consumer?.name)
    if (!planned) throw new Error(`There is no function for ${id} of ${plan.name} in the plan`)
    return functionOf(scope, id, installation, planned, network)
  }
  const publisher = functionFor('Publisher')
  const eventSources = [feedFromStream(scope, installation, publisher, plan, store)]
  const consumers = plan.consumers.map((consumer): [string, LambdaFunction] => {
    const id = pascalCase(consumer.name)
    const made = functionFor(id, consumer)
    eventSources.push(...feedFromQueues(scope, id, installation, made, consumer, doorbells))
    return [consumer.name, made]
  })
  return { ...base, publisher, consumers: Object.fromEntries(consumers), eventSources }
}
