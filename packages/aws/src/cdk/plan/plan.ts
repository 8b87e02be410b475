import { type App, withPublicEvents } from 'weir'
import { appPlan } from './app-plan.ts'
import { functionPlans } from './functions.ts'
import { operationPaths } from './operations.ts'
import type { AppPlan, FunctionPlan, Plan } from './types.ts'

export interface PlanOptions {
  /** Begins the names of all resources. */
  readonly prefix: string
  /** How often the sweep looks, as EventBridge writes it; `1 minute` if not given. */
  readonly sweepEvery?: string
  /** How often unplaced commits are looked for; `1 hour` if not given. */
  readonly reconcileEvery?: string
  /** Environment variables of all functions. */
  readonly environment?: Readonly<Record<string, string>>
}

/**
 * Derives from applications what has to be there to run them: tables, topics, queues, and functions with what starts them, their
 * environment and their rights. Nothing is read and nothing is made.
 *
 * @throws Error when two applications have the same name, or there is none
 * @example plan([coffee], { prefix: 'coffee-dev' }).functions.map(({ name, rights }) => …)
 */
export function plan(apps: readonly App[], options: PlanOptions): Plan {
  const { prefix, sweepEvery = '1 minute', reconcileEvery = '1 hour', environment = {} } = options
  const placed = place(prefix, apps)
  const plans = placed.map(([, planned]) => planned)
  const functions = functionPlans({ prefix, apps: plans, sweepEvery, reconcileEvery, environment })
  return {
    prefix,
    apps: plans,
    functions,
    operations: operationPaths(placed),
    services: servicesOf(functions),
    publishes: plans.some(({ consumers }) => consumers.some(({ publishes }) => publishes)),
    internet: plans.some(({ consumers }) => consumers.some(({ services }) => services.length > 0)),
  }
}

/** A single application is served at the root, several each under its own name: as `weir start` does. */
function place(prefix: string, apps: readonly App[]): (readonly [App, AppPlan])[] {
  const names = new Set(apps.map(({ name }) => name))
  if (apps.length === 0) throw new Error('There is no application to plan: give at least one in `apps`')
  if (names.size < apps.length)
    throw new Error('Two applications have the same name, which stands for data and address')
  return apps.map(withPublicEvents).map((app) => [app, appPlan(prefix, app, apps.length > 1 ? `/${app.name}` : '')])
}

/** Nobody in the VPC reaches a service without an endpoint for it; DynamoDB's costs nothing and is always there. */
function servicesOf(functions: readonly FunctionPlan[]): string[] {
  const rights = functions.filter(({ inVpc }) => inVpc).flatMap((one) => one.rights)
  const services = rights.flatMap(({ actions }) => actions.map((action) => action.split(':')[0] ?? ''))
  return [...new Set(services)].filter((service) => service !== 'dynamodb' && service !== 'rds-db').toSorted()
}
