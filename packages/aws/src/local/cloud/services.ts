import { join } from 'node:path'
import { serveActions } from '../emulators/endpoint.ts'
import { Buses } from '../emulators/events.ts'
import { secretActions, secretsOf } from '../emulators/secrets.ts'
import { States } from '../emulators/states.ts'
import { served } from '../template/support.ts'
import type { Built } from './built.ts'
import { type FunctionSetting, functionOf } from './functions.ts'
import { givenSecrets } from './keys.ts'
import { Functions } from './registry.ts'
import { type Time, timeFrom } from './time.ts'

/** The functions, and what they call beside tables, queues and the database. */
export interface Services {
  readonly functions: Functions
  readonly states: States
  readonly buses: Buses
  readonly secrets: ReadonlyMap<string, string>
  readonly time: Time
  /** The variables that the template gives a function. */
  variables(nameOrArn: string): Readonly<Record<string, string>>
}

/** Makes the functions, and starts what they call. */
export async function startServices(built: Built, opened: AsyncDisposableStack): Promise<Services> {
  const { ground, resources, ofType } = built
  const { folder, kept, options } = ground
  const functions = new Functions()
  const states = new States(ofType(served.stateMachine), functions.call, kept)
  const names = ofType(served.bus).map(({ name }) => name)
  const buses = new Buses(names, join(folder, 'events.jsonl'))
  const secrets = secretsOf(ofType(served.secret), kept, givenSecrets(resources, options.keys ?? {}))
  const endpoint = await serveActions({ ...states.actions, ...buses.actions, ...secretActions(secrets) })
  opened.defer(endpoint.stop)
  const time = timeFrom(options.now)
  const setting = settingOf(built, endpoint.url, time)
  for (const each of ofType(served.function).flatMap((it) => functionOf(it, setting) ?? [])) functions.add(each)
  opened.defer(() => functions.stop())
  opened.defer(() => states.stop())
  return {
    ...{ functions, states, buses, secrets, time },
    variables: (nameOrArn) => {
      const { name } = functions.get(nameOrArn)
      return resources.find((each) => each.name === name)?.properties.Environment?.Variables ?? {}
    },
  }
}

function settingOf({ ground, messaging, dynamodb, database }: Built, url: string, time: Time): FunctionSetting {
  const { assembly, region, folder, log, options } = ground
  const { environments = 8, idle = 300_000, environment = {} } = options
  const endpoints = {
    AWS_ENDPOINT_URL: url,
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB_STREAMS: dynamodb.endpoint,
    AWS_ENDPOINT_URL_SNS: messaging.endpoint,
    AWS_ENDPOINT_URL_SQS: messaging.endpoint,
  }
  const variables = (given: Readonly<Record<string, string>>): Record<string, string> => {
    // What is not in the network of the database does not get it on AWS, either.
    const connects: Record<string, string> = database && given.DATABASE_HOST ? { DATABASE_URL: database.url } : {}
    return { ...endpoints, ...connects, ...environment }
  }
  return { assembly, region, folder: join(folder, 'code'), log, variables, environments, idle, ahead: time.ahead }
}
