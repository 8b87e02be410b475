import { type App, withPublicEvents } from 'weir'
import { appPlan } from './app-plan.ts'
import { functionPlans } from './functions.ts'
import { operationPaths } from './operations.ts'
import type { AppPlan, FunctionPlan, Plan, RestoredStore } from './types.ts'

export interface PlanOptions {
  /** Begins the names of all resources. */
  readonly prefix: string
  /** How often the sweep looks, as EventBridge writes it; `1 minute` if not given. */
  readonly sweepEvery?: string
  /** How often whole tables are read for commits that nobody placed, which costs; `1 day` if not given. */
  readonly reconcileEvery?: string
  /** Tables that take the place of those that would be made, by the applications' names. */
  readonly restored?: Readonly<Record<string, RestoredStore>>
  /** Environment variables of all functions. */
  readonly environment?: Readonly<Record<string, string>>
}

const PREFIX = /^[A-Za-z](?:-?[A-Za-z0-9]){0,39}$/
const PREFIX_RULE =
  'begins the names of all resources: give 40 letters, digits and single hyphens at most, a letter first'

/**
 * Derives from applications what has to be there to run them: tables, topics, queues, and functions with what starts them, their
 * environment and their rights. Nothing is read and nothing is made.
 *
 * @throws Error when two applications have the same name, when there is none, and when there are too many for one installation
 * @example plan([coffee], { prefix: 'coffee-dev' }).functions.map(({ name, rights }) => …)
 */
export function plan(apps: readonly App[], options: PlanOptions): Plan {
  const { prefix, sweepEvery = '1 minute', reconcileEvery = '1 day', environment = {}, restored = {} } = options
  if (!PREFIX.test(prefix)) throw new Error(`'${prefix}' ${PREFIX_RULE}`)
  const placed = place(prefix, apps, restored)
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
function place(
  prefix: string,
  apps: readonly App[],
  restored: Readonly<Record<string, RestoredStore>>,
): (readonly [App, AppPlan])[] {
  const names = new Set(apps.map(({ name }) => name))
  if (apps.length === 0) throw new Error('There is no application to plan: give at least one in `apps`')
  if (names.size < apps.length)
    throw new Error('Two applications have the same name, which stands for data and address')
  const unknown = Object.keys(restored).find((name) => !names.has(name))
  if (unknown !== undefined)
    throw new Error(`'${unknown}' has restored tables, but there is no application of this name`)
  const baseOf = ({ name }: App) => (apps.length > 1 ? `/${name}` : '')
  return apps.map(withPublicEvents).map((app) => [app, appPlan(prefix, app, baseOf(app), restored[app.name])])
}

/** Nobody in the VPC reaches a service without an endpoint for it; DynamoDB's costs nothing and is always there. */
function servicesOf(functions: readonly FunctionPlan[]): string[] {
  const rights = functions.filter(({ inVpc }) => inVpc).flatMap((one) => one.rights)
  const services = rights.flatMap(({ actions }) => actions.map((action) => action.split(':')[0] ?? ''))
  return [...new Set(services)].filter((service) => service !== 'dynamodb' && service !== 'rds-db').toSorted()
}
