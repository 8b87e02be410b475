import { Annotations, CfnOutput, Stack, Tags } from 'aws-cdk-lib'
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2'
import type { EventBus } from 'aws-cdk-lib/aws-events'
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions'
import { Construct } from 'constructs'
import { Alarms } from './constructs/alarms.ts'
import { AppResources } from './constructs/app-resources.ts'
import { dashboard } from './constructs/dashboard.ts'
import { Database } from './constructs/database.ts'
import { pascalCase } from './constructs/doorbells.ts'
import { httpApi } from './constructs/http-api.ts'
import type { Installation } from './constructs/installation.ts'
import { Migration } from './constructs/migration.ts'
import { Network } from './constructs/network.ts'
import { profiles } from './constructs/profile.ts'
import { publicBus } from './constructs/public-bus.ts'
import { announceRebuilds, rebuildMachine } from './constructs/rebuild-machine.ts'
import { References } from './constructs/references.ts'
import { Keys } from './constructs/secrets.ts'
import { type SharedRole, sharedFunction } from './constructs/shared-functions.ts'
import { Site } from './constructs/site.ts'
import { plan } from './plan/plan.ts'
import type { Plan } from './plan/types.ts'
import type { WeirAppProps } from './weir-app-props.ts'

/**
 * Applications on AWS: everything that their definitions ask for, in one stack.
 *
 * 1. What there is, is what `plan` says; the properties of the construct are for looking at it, and for changing what neither
 *    definitions nor options say.
 * 2. In a deployment, tables and database come first, then the migration, then all functions that rely on it.
 *
 * @example
 * new WeirApp(stack, 'Coffee', { entry: 'coffee.ts', apps: [coffee], profile: 'dev' })
 */
export class WeirApp extends Construct {
  readonly plan: Plan
  readonly network: Network
  readonly database: Database
  readonly keys: Keys
  /** The bus of public events, if there are any: other systems add rules to it. */
  readonly publicEvents: EventBus | undefined
  /** By the applications' names. */
  readonly apps: Readonly<Record<string, AppResources>>
  /** The functions that there are once, by their roles. */
  readonly functions: Readonly<Record<SharedRole, LambdaFunction>>
  readonly httpApi: HttpApi
  /** The state machine that rebuilds projections. */
  readonly rebuilds: StateMachine
  readonly site: Site | undefined
  readonly alarms: Alarms | undefined

  constructor(scope: Construct, id: string, props: WeirAppProps) {
    super(scope, id)
    const installation = installationOf(this, props)
    this.plan = installation.plan
    announceRebuilds(this, installation)
    announceQueues(this, installation)
    this.keys = new Keys(this, 'Keys', installation, props.apiKey)
    this.network = new Network(this, 'Network', installation, props.internet ?? this.plan.internet)
    this.database = new Database(this, 'Database', installation, this.network)
    this.publicEvents = this.plan.publishes ? publicBus(this, installation) : undefined
    this.apps = this.#applications(installation)
    const shared = (role: SharedRole) => sharedFunction(this, installation, role, this.network)
    const first = { rebuild: shared('rebuild'), migrate: shared('migrate') }
    const rest = {
      api: shared('api'),
      operations: shared('operations'),
      sweep: shared('sweep'),
      reconcile: shared('reconcile'),
    }
    this.functions = { ...first, ...rest }
    this.rebuilds = rebuildMachine(this, installation, first.rebuild)
    this.#migrate(installation, Object.values(first))
    this.httpApi = httpApi(this, installation, this.functions)
    this.site = props.site && new Site(this, 'Site', installation, this.httpApi, props.site)
    this.alarms = this.#watch(installation, props)
    this.#describe(props)
  }

  #applications(installation: Installation): Record<string, AppResources> {
    const { apps } = installation.plan
    return Object.fromEntries(
      apps.map((app) => [app.name, new AppResources(this, app.name, installation, app, this.network)]),
    )
  }

  /** `first` are the functions that the migration itself needs. */
  #migrate(installation: Installation, first: readonly LambdaFunction[]): void {
    const { resource } = new Migration(this, 'Migration', installation, this.functions.migrate)
    const stores = Object.values(this.apps).map(({ store }) => store)
    resource.node.addDependency(this.network, this.database, this.rebuilds, ...stores)
    for (const one of installation.functions.values()) if (!first.includes(one)) one.node.addDependency(resource)
  }

  #watch({ functions, profile }: Installation, { alarmTopic }: WeirAppProps): Alarms | undefined {
    const { plan, httpApi, rebuilds } = this
    const watched = { plan, apps: Object.values(this.apps), functions, httpApi, rebuilds }
    dashboard(this, watched, this.database)
    return profile.protects || alarmTopic ? new Alarms(this, 'Alarms', watched, alarmTopic) : undefined
  }

  #describe({ profile, stage = profile, apiKey }: WeirAppProps): void {
    Tags.of(this).add('app', this.plan.prefix)
    Tags.of(this).add('stage', stage)
    const output = (id: string, value: string, description: string) => new CfnOutput(this, id, { value, description })
    if (this.site) output('Url', `https://${this.site.distribution.distributionDomainName}`, 'Pages and applications')
    output('ApiUrl', this.httpApi.apiEndpoint, 'The applications alone')
    if (this.publicEvents) output('PublicEventBus', this.publicEvents.eventBusName, 'The bus of public events')
    output('StateMachine', this.rebuilds.stateMachineArn, 'Rebuilds projections')
    output('ApiKey', this.keys.api.secretName, 'The secret with the key for guarded routes')
    output('OperatorKey', this.keys.operator.secretName, 'The secret with the key for /ops and the console')
    for (const { plan, store } of Object.values(this.apps)) {
      output(`${pascalCase(plan.name)}Events`, store.events.tableName, `Commits of ${plan.name}`)
      output(`${pascalCase(plan.name)}Index`, store.index.tableName, `Feed, commands and snapshots of ${plan.name}`)
    }
    if (apiKey === undefined || profile === 'dev') return
    Annotations.of(this).addWarningV2(
      'weir:api-key',
      'API_KEY stands in the template: leave it out, and one is made up',
    )
  }
}

function installationOf(scope: Construct, props: WeirAppProps): Installation {
  const { apps, entry, overrides = {}, tracing = false } = props
  const profile = profiles[props.profile]
  const own = { NODE_ENV: 'production', TRACING: String(tracing), GRAPHQL_INTROSPECTION: profile.introspection }
  const planned = plan(apps, {
    prefix: props.prefix ?? Stack.of(scope).stackName,
    sweepEvery: props.sweepEvery ?? profile.sweepEvery,
    ...(props.restored && { restored: props.restored }),
    environment: { ...own, ...props.environment },
  })
  const nests = props.nested ?? resourcesAtMost(planned) > 480
  return {
    ...{ nests, plan: planned, profile, overrides, entry, tracing },
    references: new References(),
    functions: new Map(),
  }
}

/** How many resources there are at most in production, all in one stack: CloudFormation takes 500. */
function resourcesAtMost({ apps }: Plan): number {
  const consumers = apps.flatMap((app) => app.consumers)
  const policies = consumers.filter(({ role }) => role === 'policy').length
  return 130 + 11 * apps.length + 12 * consumers.length + 5 * policies
}

/** What the URLs of queues begin with: names are known, so that no function has to be told each URL. */
function announceQueues(scope: Construct, { references }: Installation): void {
  const { region, urlSuffix, account } = Stack.of(scope)
  references.set('queues/url', [], `https://sqs.${region}.${urlSuffix}/${account}/`)
}
