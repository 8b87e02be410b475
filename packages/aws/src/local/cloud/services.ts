import { join } from 'node:path'
import { serveActions } from '../emulators/endpoint.ts'
import { Buses } from '../emulators/events.ts'
import type { Kept } from '../emulators/kept.ts'
import { secretActions, secretsOf } from '../emulators/secrets.ts'
import { States } from '../emulators/states.ts'
import type { Assembly } from '../template/assembly.ts'
import type { Resource } from '../template/instantiate.ts'
import { served } from '../template/support.ts'
import type { Emulators } from './emulators.ts'
import { functionOf } from './functions.ts'
import { givenSecrets } from './keys.ts'
import type { Log } from './log.ts'
import type { LocalCloudOptions } from './options.ts'
import { Functions } from './registry.ts'

interface Ground {
  readonly resources: readonly Resource[]
  readonly assembly: Assembly
  readonly folder: string
  readonly kept: Kept
  readonly log: Log
  readonly region: string
  readonly emulators: Emulators
  readonly options: LocalCloudOptions
}

/** The functions, and what they call beside tables, queues and the database. */
export interface Services {
  readonly functions: Functions
  readonly states: States
  readonly buses: Buses
  readonly secrets: ReadonlyMap<string, string>
  /** The variables that the template gives a function. */
  variables(nameOrArn: string): Readonly<Record<string, string>>
}

export async function startServices(ground: Ground, opened: AsyncDisposableStack): Promise<Services> {
  const { resources, folder, kept, options } = ground
  const ofType = (type: string) => resources.filter((each) => each.type === type)
  const functions = new Functions()
  const states = new States(ofType(served.stateMachine), functions.call, kept)
  const buses = new Buses(
    ofType(served.bus).map(({ name }) => name),
    join(folder, 'events.jsonl'),
  )
  const secrets = secretsOf(ofType(served.secret), kept, givenSecrets(resources, options.keys ?? {}))
  const endpoint = await serveActions({ ...states.actions, ...buses.actions, ...secretActions(secrets) })
  opened.defer(endpoint.stop)
  for (const each of functionsOf(ground, endpoint.url)) functions.add(each)
  opened.defer(() => functions.stop())
  opened.defer(() => states.stop())
  return {
    ...{ functions, states, buses, secrets },
    variables: (nameOrArn) => {
      const { name } = functions.get(nameOrArn)
      return resources.find((each) => each.name === name)?.properties.Environment?.Variables ?? {}
    },
  }
}

function functionsOf({ resources, assembly, folder, log, region, emulators, options }: Ground, url: string) {
  const { environments = 8, idle = 60_000, environment = {}, now } = options
  const ahead = now === undefined ? 0 : Date.parse(now) - Date.now()
  const { messaging, dynamodb, database } = emulators
  const endpoints = {
    AWS_ENDPOINT_URL: url,
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB_STREAMS: dynamodb.endpoint,
    AWS_ENDPOINT_URL_SNS: messaging.endpoint,
    AWS_ENDPOINT_URL_SQS: messaging.endpoint,
    AWS_ENDPOINT_URL_SFN: url,
    AWS_ENDPOINT_URL_EVENTBRIDGE: url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: url,
  }
  const variables = (given: Readonly<Record<string, string>>): Record<string, string> => {
    // What is not in the network of the database does not get it on AWS, either.
    const connects: Record<string, string> = database && given.DATABASE_HOST ? { DATABASE_URL: database.url } : {}
    return { ...endpoints, ...connects, ...environment }
  }
  const setting = { assembly, region, folder: join(folder, 'code'), log, variables, environments, idle, ahead }
  return resources
    .filter(({ type }) => type === served.function)
    .flatMap((resource) => functionOf(resource, setting) ?? [])
}
