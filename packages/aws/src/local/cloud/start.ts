import { LocalCloudError } from '../errors.ts'
import { ignoredTypes, isCustom, served } from '../template/support.ts'
import { appsOf } from './apps.ts'
import { type Built, build } from './built.ts'
import { makeCustomResources } from './custom-resources.ts'
import { timed } from './emulators.ts'
import { frontOf } from './front.ts'
import { layGround } from './ground.ts'
import { keysOf } from './keys.ts'
import type { LocalCloud } from './local-cloud.ts'
import type { LocalCloudOptions } from './options.ts'
import { type Services, startServices } from './services.ts'
import { settled } from './settled.ts'
import { type Wiring, wire } from './wiring.ts'

/**
 * Runs what `cdk synth` has written on this machine: tables, topics, queues, functions, HTTP API, site, schedules, state machines,
 * secrets and database, wired as the templates say. Either all of it is there, or nothing is left.
 *
 * @throws LocalCloudError when it cannot be, with what to do about it
 * @example
 * const cloud = await startLocalCloud({ cdkOut: 'cdk.out', data: './data' })
 * await fetch(`${cloud.url}/concerts`)
 */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  await using opened = new AsyncDisposableStack()
  const ground = await layGround(options, opened)
  const built = await build(ground, opened)
  const services = await startServices(built, opened)
  await timed('custom resources', () => deploy(built, services), ground.onProgress)
  const wiring = wire(built, services, opened)
  services.states.resume()
  const { assembly, door } = ground
  const front = frontOf({ resources: built.resources, assembly, functions: services.functions.get })
  if (front) door.open(front)
  opened.defer(door.shut)
  const closing = opened.move()
  return { ...described(built, services), ...controls(built, services, wiring), stop: () => closing.disposeAsync() }
}

function deploy({ resources, ground }: Built, { functions, variables }: Services): Promise<void> {
  const custom = resources.filter(({ type }) => isCustom(type))
  return makeCustomResources({ resources: custom, functions: functions.get, variables, kept: ground.kept })
}

type Controls = 'function' | 'settled' | 'goAhead' | 'throttle' | 'fire' | 'executions' | 'events'

function described(built: Built, services: Services): Omit<LocalCloud, Controls | 'stop'> {
  const { ground, resources, tables, ofType, dynamodb, messaging, database } = built
  const { url, port } = ground.door
  return {
    ...{ url, port, data: ground.folder },
    keys: keysOf(resources, services.secrets),
    apps: appsOf(resources),
    notices: ignoredTypes(resources).map((type) => `${type} is not imitated: what it does is missing here.`),
    functions: services.functions.all,
    tables: tables.map(({ name }) => name),
    queues: ofType(served.queue).map(({ name }) => name),
    endpoints: { dynamodb: dynamodb.endpoint, messages: messaging.endpoint, database: database?.url },
  }
}

function controls(
  built: Built,
  { functions, states, buses, time }: Services,
  wiring: Wiring,
): Pick<LocalCloud, Controls> {
  const { messaging, dynamodb, ofType } = built
  const { mappings, schedules } = wiring
  const queues = ofType(served.queue).map(({ ref }) => ref)
  return {
    function: functions.find,
    settled: () => settled({ mappings, functions: functions.all, queues, messaging }),
    throttle: (share, error) => {
      if (!dynamodb.throttle)
        throw new LocalCloudError('Start the local cloud with throttles: true to refuse requests.')
      dynamodb.throttle.set(share, error)
    },
    goAhead: async (milliseconds) => {
      time.goAhead(milliseconds)
      await Promise.all(functions.all.map((each) => each.kill()))
    },
    fire: async (name) => {
      const due = schedules.filter(({ id }) => id.includes(name))
      if (due.length === 0) throw new LocalCloudError(`There is no schedule ${name}.`)
      await Promise.all(due.map(({ fire }) => fire()))
    },
    executions: () => states.executions,
    events: () => buses.events,
  }
}
