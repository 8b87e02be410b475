import {
  consumerFunction,
  consumerOf,
  databaseName,
  databaseRoles,
  encodeApps,
  type FunctionRole,
  publisherFunction,
  singleFunction,
} from '../../contract/index.ts'
import * as rights from './rights.ts'
import { memoryOf, timeoutOf } from './sizes.ts'
import type { AppPlan, ConsumerPlan, FunctionPlan, Right, Trigger } from './types.ts'

/** What all functions of an installation have in common. */
export interface Common {
  readonly prefix: string
  readonly apps: readonly AppPlan[]
  readonly sweepEvery: string
  readonly reconcileEvery: string
  /** What is set for all of them. */
  readonly environment: Readonly<Record<string, string>>
}

/** What one kind of function has of its own. */
interface Own {
  readonly name: string
  readonly role: FunctionRole
  readonly description: string
  readonly triggers: readonly Trigger[]
  readonly rights: readonly Right[]
  readonly environment?: Readonly<Record<string, string>>
  readonly inVpc?: boolean
  readonly app?: string
  readonly consumer?: string
  readonly timeoutSeconds?: number
}

/** All functions of an installation. */
export function functionPlans(common: Common): FunctionPlan[] {
  const { apps } = common
  const plans = [
    server(common, 'api'),
    server(common, 'operations'),
    ...apps.map((app) => publisher(common, app)),
    ...apps.flatMap((app) => app.consumers.map((consumer) => consumerPlan(common, app, consumer))),
    sweep(common),
    reconcile(common),
    rebuild(common),
    migrate(common),
  ]
  plans.forEach(checkEnvironment)
  return plans
}

/** What Lambda takes, in bytes; references become ARNs, which are longer. */
const mostEnvironment = 4096 - 600

function checkEnvironment({ name, environment }: FunctionPlan): void {
  const bytes = Buffer.byteLength(Object.entries(environment).flat().join(''))
  if (bytes <= mostEnvironment) return
  throw new Error(
    `The environment of the function ${name} would have ${bytes} bytes, but Lambda takes 4 KB with all ARNs in it. ` +
      'Give fewer variables, or make two installations of the applications.',
  )
}

const perApp = (apps: readonly AppPlan[], ...each: ((app: string) => Right[])[]): Right[] =>
  apps.flatMap(({ name }) => each.flatMap((rightsOf) => rightsOf(name)))

const database = (role: keyof typeof databaseRoles) => ({
  DATABASE_HOST: '{database/host}',
  DATABASE_PORT: '{database/port}',
  DATABASE_NAME: databaseName,
  DATABASE_USER: databaseRoles[role],
  // The certificate of Aurora is signed by an authority of AWS that Node does not know; Lambda brings it.
  NODE_EXTRA_CA_CERTS: '/var/runtime/ca-cert.pem',
})

const queues = { WEIR_QUEUES: '{queues/url}' }

/** The API reads what is shown; the same server with the rights to change read models is what operators speak to. */
function server(common: Common, role: 'api' | 'operations'): FunctionPlan {
  const operates = role === 'operations'
  return made(common, common.apps, {
    name: singleFunction(common.prefix, role),
    role,
    description: operates ? 'Serves /ops, and what rebuilds read models' : 'Serves the applications over HTTP',
    triggers: [{ kind: 'http' }],
    environment: {
      ...database(operates ? 'writer' : 'reader'),
      API_KEY_SECRET: '{secret/api-key}',
      ...(operates && {
        OPERATOR_KEY_SECRET: '{secret/operator-key}',
        READER_KEY_SECRET: '{secret/reader-key}',
        STATE_MACHINE_ARN: '{state-machine/rebuild}',
      }),
    },
    rights: [
      ...perApp(common.apps, rights.reading, rights.appending, rights.placing),
      ...rights.connecting(operates ? 'writer' : 'reader'),
      ...rights.knowing('api-key', ...(operates ? ['operator-key', 'reader-key'] : [])),
      ...(operates ? rights.startingRebuilds() : []),
    ],
  })
}

function publisher(common: Common, app: AppPlan): FunctionPlan {
  const { name } = app
  return made(common, [app], {
    name: publisherFunction(common.prefix, name),
    role: 'publisher',
    app: name,
    description: `Places the commits of ${name} in its feed, and rings its consumers`,
    triggers: [{ kind: 'stream', of: `table/${name}/events` }],
    inVpc: false,
    rights: [rights.streaming, rights.reading, rights.placing, rights.publishing].flatMap((of) => of(name)),
  })
}

function consumerPlan(common: Common, app: AppPlan, consumer: ConsumerPlan): FunctionPlan {
  const { name, role, timers, visibilitySeconds, publishes } = consumer
  const key = `${app.name}/${name}`
  const isPolicy = role === 'policy'
  return made(common, [app], {
    name: consumerFunction(common.prefix, app.name, name),
    ...{ role, app: app.name, consumer: name, timeoutSeconds: visibilitySeconds / 6 },
    description: isPolicy ? `Runs the policy ${name} of ${app.name}` : `Folds the projection ${name} of ${app.name}`,
    triggers: [
      { kind: 'queue', of: `queue/${key}` },
      ...(timers ? [{ kind: 'queue' as const, of: `timers/${key}` }] : []),
    ],
    environment: {
      WEIR_CONSUMER: consumerOf(app.name, name),
      ...{ ...database('writer'), ...queues },
      ...(publishes && { EVENT_BUS_NAME: '{bus/public}' }),
    },
    rights: [
      ...rights.consuming(consumer),
      ...rights.reading(app.name),
      ...(isPolicy ? [...rights.appending(app.name), ...rights.placing(app.name)] : []),
      ...(timers ? rights.sending(`timers/${key}`) : []),
      ...(publishes ? rights.telling() : []),
      ...rights.connecting('writer'),
    ],
  })
}

function sweep(common: Common): FunctionPlan {
  const consumers = common.apps.flatMap((app) => app.consumers)
  return made(common, common.apps, {
    name: singleFunction(common.prefix, 'sweep'),
    role: 'sweep',
    description: 'Rings consumers that are behind, and policies with something due',
    triggers: [{ kind: 'schedule', every: common.sweepEvery }],
    environment: { ...database('writer'), ...queues, STATE_MACHINE_ARN: '{state-machine/rebuild}' },
    rights: [
      ...perApp(common.apps, rights.reading),
      ...consumers.flatMap(({ app, name }) => rights.sending(`queue/${app}/${name}`)),
      ...rights.connecting('writer'),
      ...rights.startingRebuilds(),
    ],
  })
}

function reconcile(common: Common): FunctionPlan {
  return made(common, common.apps, {
    name: singleFunction(common.prefix, 'reconcile'),
    role: 'reconcile',
    description: 'Finds commits that nobody placed, places them and rings',
    triggers: [{ kind: 'schedule', every: common.reconcileEvery }],
    inVpc: false,
    rights: perApp(common.apps, rights.reading, rights.scanning, rights.placing, rights.publishing),
  })
}

function rebuild(common: Common): FunctionPlan {
  return made(common, common.apps, {
    name: singleFunction(common.prefix, 'rebuild'),
    role: 'rebuild',
    description: 'Folds new generations of read models, and lets them serve',
    triggers: [{ kind: 'state-machine' }],
    environment: database('writer'),
    rights: [...perApp(common.apps, rights.reading), ...rights.connecting('writer')],
  })
}

function migrate(common: Common): FunctionPlan {
  return made(common, common.apps, {
    name: singleFunction(common.prefix, 'migrate'),
    role: 'migrate',
    description: 'Prepares database and tables for what was deployed',
    triggers: [{ kind: 'deployment' }],
    environment: {
      ...database('writer'),
      DATABASE_HOST: '{database/direct-host}',
      DATABASE_ADMIN_SECRET: '{secret/database-admin}',
      DATABASE_IDLE_TIMEOUT: '{database/idle-timeout}',
      STATE_MACHINE_ARN: '{state-machine/rebuild}',
    },
    rights: [
      ...perApp(common.apps, rights.reading, rights.placing),
      ...rights.knowing('database-admin'),
      ...rights.connecting('direct-writer'),
      ...rights.startingRebuilds(),
    ],
  })
}

function made(common: Common, apps: readonly AppPlan[], own: Own): FunctionPlan {
  const { inVpc = true, timeoutSeconds = timeoutOf(own.role), environment = {}, rights: allowed, ...rest } = own
  return {
    ...rest,
    ...{ inVpc, timeoutSeconds, memoryMegabytes: memoryOf(own.role) },
    environment: {
      WEIR_FUNCTION: own.role,
      WEIR_PREFIX: common.prefix,
      WEIR_APPS: placesOf(apps, own.role === 'publisher' || own.role === 'reconcile'),
      ...environment,
      ...common.environment,
    },
    rights: rights.merged(allowed),
  }
}

function placesOf(apps: readonly AppPlan[], rings: boolean): string {
  const places = apps.map(({ name, base, events, index }) => {
    return [name, { base, events, index, ...(rings && { topic: `{topic/${name}}` }) }] as const
  })
  return encodeApps(Object.fromEntries(places))
}
