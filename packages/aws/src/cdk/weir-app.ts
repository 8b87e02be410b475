import { CfnOutput, Stack, Tags } from 'aws-cdk-lib'
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2'
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions'
import { Construct } from 'constructs'
import type { App } from 'weir'
import type { FunctionRole } from '../contract/index.ts'
import { type AppResources, appBase, appFunctions } from './constructs/app-resources.ts'
import { Database } from './constructs/database.ts'
import { pascalCase } from './constructs/doorbells.ts'
import { functionOf } from './constructs/functions.ts'
import { httpApi } from './constructs/http-api.ts'
import type { Installation } from './constructs/installation.ts'
import { Migration } from './constructs/migration.ts'
import { Network } from './constructs/network.ts'
import type { Overrides } from './constructs/overrides.ts'
import { type ProfileName, profiles } from './constructs/profile.ts'
import { announceRebuilds, rebuildMachine } from './constructs/rebuild-machine.ts'
import { References } from './constructs/references.ts'
import { scheduled } from './constructs/schedules.ts'
import { Keys } from './constructs/secrets.ts'
import { plan } from './plan/plan.ts'
import type { FunctionPlan, Plan } from './plan/types.ts'

export interface WeirAppProps {
  /** Path of the module that exports the applications and, if their policies call any, their `services`. */
  readonly entry: string
  /** The applications that it exports. */
  readonly apps: readonly App[]
  /** `dev` can be thrown away and sleeps while nobody works with it; `prod` keeps what it has. */
  readonly profile: ProfileName
  /** Begins the names of all resources; the name of the stack if not given. */
  readonly prefix?: string
  /** For the tag `stage`; the profile if not given. */
  readonly stage?: string
  /** Whether traces go to X-Ray; they do not if not given. */
  readonly tracing?: boolean
  /** The key for guarded routes. It stands in the template, so give none in production: one is made up then. */
  readonly apiKey?: string
  /** Whether functions in the VPC reach the internet, by a NAT gateway; if not given, they do when a policy declares services. */
  readonly internet?: boolean
  /** How often the sweep looks, as EventBridge writes it; every minute in `prod`, every hour in `dev`. */
  readonly sweepEvery?: string
  /** Environment variables for all functions. */
  readonly environment?: Readonly<Record<string, string>>
  /** Changes what single resources are made with. */
  readonly overrides?: Overrides
}

/**
 * Applications on AWS: everything that their definitions ask for, in one stack.
 *
 * @example
 * new WeirApp(stack, 'Coffee', { entry: 'coffee.ts', apps: [coffee], profile: 'dev' })
 */
export class WeirApp extends Construct {
  readonly plan: Plan
  readonly network: Network
  readonly database: Database
  readonly keys: Keys
  /** By the applications' names. */
  readonly apps: Readonly<Record<string, AppResources>>
  /** The functions that there are once, by their roles. */
  readonly functions: Readonly<Partial<Record<FunctionRole, LambdaFunction>>>
  readonly httpApi: HttpApi
  /** The state machine that rebuilds projections. */
  readonly rebuilds: StateMachine

  constructor(scope: Construct, id: string, props: WeirAppProps) {
    super(scope, id)
    const installation = installationOf(this, props)
    this.plan = installation.plan
    announceRebuilds(this, installation)
    announceQueues(this, installation)
    this.keys = new Keys(this, 'Keys', installation, props.apiKey)
    this.network = new Network(this, 'Network', installation, props.internet ?? this.plan.internet)
    this.database = new Database(this, 'Database', installation, this.network)
    const scopes = this.plan.apps.map((app) => new Construct(this, pascalCase(app.name)))
    const bases = this.plan.apps.map((app, index) => appBase(scopes[index] ?? this, installation, app))
    const { made, rest } = this.#first(installation)
    this.rebuilds = rebuildMachine(this, installation, made.rebuild)
    const migration = new Migration(this, 'Migration', installation, made.migrate)
    migration.resource.node.addDependency(this.database, this.rebuilds, ...bases.map(({ store }) => store))
    const apps = bases.map((base, index) => appFunctions(scopes[index] ?? this, installation, base, this.network))
    this.apps = Object.fromEntries(apps.map((app) => [app.plan.name, app]))
    const later = Object.fromEntries(rest.map((planned) => [planned.role, this.#single(installation, planned)]))
    this.functions = { ...made, ...later }
    for (const one of [
      ...Object.values(later),
      ...apps.flatMap((app) => [app.publisher, ...Object.values(app.consumers)]),
    ]) {
      one.node.addDependency(migration.resource)
    }
    const { api, operations } = this.functions
    if (!api || !operations) throw new Error('The plan has no servers')
    this.httpApi = httpApi(this, installation, { api, operations })
    for (const planned of rest) {
      const target = later[planned.role]
      if (target) scheduled(this, `${pascalCase(planned.role)}Schedule`, planned, target)
    }
    this.#describe(props)
  }

  /** What the migration needs. All other functions wait for it. */
  #first(installation: Installation) {
    const single = this.plan.functions.filter(({ app }) => app === undefined)
    const find = (role: FunctionRole): FunctionPlan => {
      const planned = single.find((one) => one.role === role)
      if (!planned) throw new Error(`The plan has no function ${role}`)
      return planned
    }
    const rebuild = this.#single(installation, find('rebuild'))
    const migrate = this.#single(installation, find('migrate'))
    const rest = single.filter(({ role }) => role !== 'rebuild' && role !== 'migrate')
    return { made: { rebuild, migrate }, rest }
  }

  #single(installation: Installation, planned: FunctionPlan): LambdaFunction {
    return functionOf(this, pascalCase(planned.role), installation, planned, this.network)
  }

  #describe({ profile, stage = profile }: WeirAppProps): void {
    Tags.of(this).add('app', this.plan.prefix)
    Tags.of(this).add('stage', stage)
    new CfnOutput(this, 'ApiUrl', { value: this.httpApi.apiEndpoint, description: 'Where the applications answer' })
    new CfnOutput(this, 'StateMachine', { value: this.rebuilds.stateMachineArn, description: 'Rebuilds projections' })
    for (const { plan: app, store } of Object.values(this.apps)) {
      new CfnOutput(this, `${pascalCase(app.name)}Events`, { value: store.events.tableName })
      new CfnOutput(this, `${pascalCase(app.name)}Index`, { value: store.index.tableName })
    }
  }
}

function installationOf(scope: Construct, props: WeirAppProps): Installation {
  const { apps, entry, overrides = {}, tracing = false } = props
  const profile = profiles[props.profile]
  const planned = plan(apps, {
    prefix: props.prefix ?? Stack.of(scope).stackName,
    sweepEvery: props.sweepEvery ?? profile.sweepEvery,
    environment: { NODE_ENV: 'production', TRACING: String(tracing), ...props.environment },
  })
  return { plan: planned, profile, references: new References(), overrides, entry, tracing }
}

/** What the URLs of queues begin with: names are known, so that no function has to be told each URL. */
function announceQueues(scope: Construct, { references }: Installation): void {
  const { region, urlSuffix, account } = Stack.of(scope)
  references.set('queues/url', [], `https://sqs.${region}.${urlSuffix}/${account}/`)
}
