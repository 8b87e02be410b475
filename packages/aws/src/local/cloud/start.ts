import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { BusEvent } from '../emulators/events.ts'
import { Kept } from '../emulators/kept.ts'
import type { Execution } from '../emulators/states.ts'
import { LocalCloudError } from '../errors.ts'
import type { LambdaFunction } from '../lambda/function.ts'
import { readAssembly } from '../template/assembly.ts'
import { instantiate } from '../template/instantiate.ts'
import { ignoredTypes, isCustom, served } from '../template/support.ts'
import { appsOf } from './apps.ts'
import { makeCustomResources } from './custom-resources.ts'
import { listen } from './door.ts'
import { startEmulators, timed } from './emulators.ts'
import { mapSource } from './event-sources.ts'
import { frontOf } from './front.ts'
import { keysOf, type LocalKeys } from './keys.ts'
import { lock } from './lock.ts'
import { Log } from './log.ts'
import { makeQueues, makeTopics } from './messages.ts'
import type { LocalCloudOptions } from './options.ts'
import { schedulesOf, startSchedules } from './schedules.ts'
import { startServices } from './services.ts'
import { settled } from './settled.ts'
import { makeTables } from './tables.ts'

/** An application that runs on one machine as it would on AWS. */
export interface LocalCloud {
  readonly url: string
  readonly port: number
  /** The folder that keeps everything, as an absolute path. */
  readonly data: string
  readonly keys: LocalKeys
  /** The applications, and what their paths begin with. */
  readonly apps: readonly { readonly name: string; readonly base: string }[]
  /** What the template asks for and nothing here does, in words for people. */
  readonly notices: readonly string[]
  readonly functions: readonly LambdaFunction[]
  /** By its name, or the end of it. @throws LocalCloudError when there is none, or several */
  function(name: string): LambdaFunction
  readonly tables: readonly string[]
  readonly queues: readonly string[]
  /** Where the services behind the functions are. */
  readonly endpoints: { readonly dynamodb: string; readonly messages: string; readonly database: string | undefined }
  /** Resolves when everything has come to rest, but for messages that were sent for later. */
  settled(): Promise<void>
  /** Refuses a share of the requests to DynamoDB, from 0 to 1. @throws LocalCloudError without the option `throttles` */
  throttle(share: number, error?: string): void
  /** Does now what a schedule does when it is time. @param name the schedule's name in the template, or the beginning of it */
  fire(name: string): Promise<void>
  /** What runs on state machines, and what ran, the newest first. */
  executions(): readonly Execution[]
  /** What was put on event buses since the start. */
  events(): readonly BusEvent[]
  /** Stops everything; what is kept is there at the next start. */
  stop(): Promise<void>
}

/** How long invocations that run get when it stops, in milliseconds. */
const grace = 3_000

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
  const { port = 0, host = '127.0.0.1', onProgress = () => {}, databaseUrl, throttles = false } = options
  const assembly = readAssembly(options.cdkOut)
  const region = assembly.stacks[0]?.region ?? 'us-east-1'
  const nowhere = { region, queues: '', postgres: { host: '', port: 0 } }
  const needsDatabase = instantiate(assembly, nowhere).some(({ type }) => type === served.cluster)
  const folder = prepare(options.data)

  await using opened = new AsyncDisposableStack()
  opened.defer(lock(folder))
  const door = await listen(port, host)
  opened.defer(door.close)
  const kept = new Kept(folder)
  opened.defer(() => kept.write())
  const log = new Log(folder, options.onLog ?? (() => {}))
  opened.defer(() => log.close())

  const emulators = await startEmulators(
    { folder, kept, region, databaseUrl, needsDatabase, throttles, onProgress },
    opened,
  )
  const { messaging, dynamodb, database } = emulators
  const postgres = database ?? nowhere.postgres
  const resources = instantiate(assembly, { region, queues: messaging.endpoint, postgres })
  const ofType = (...types: string[]) => resources.filter(({ type }) => types.includes(type))

  const tables = await timed(
    'tables',
    () => makeTables(dynamodb.call, ofType(served.table, served.globalTable)),
    onProgress,
  )
  await makeQueues(messaging, ofType(served.queue), options.visibilityTimeout)
  await makeTopics(messaging, ofType(served.topic), ofType(served.subscription))
  const services = await startServices({ resources, assembly, folder, kept, log, region, emulators, options }, opened)
  const { functions, states, buses, secrets } = services

  await timed(
    'custom resources',
    () =>
      makeCustomResources({
        resources: resources.filter(({ type }) => isCustom(type)),
        functions: functions.get,
        variables: services.variables,
        kept,
      }),
    onProgress,
  )
  const wires = {
    region,
    messaging,
    dynamodb: dynamodb.call,
    tables,
    queues: ofType(served.queue),
    functions: functions.get,
    kept,
    log,
  }
  const mappings = ofType(served.eventSource).flatMap((each) => mapSource(each, wires) ?? [])
  opened.defer(() => atMost(grace, Promise.all(mappings.map((mapping) => mapping.stop()))))
  const schedules = schedulesOf(ofType(served.rule, served.schedule), region, functions.get)
  if (options.schedules ?? true) opened.defer(startSchedules(schedules))
  states.resume()
  const answer = frontOf({ resources, assembly, functions: functions.get })
  if (answer) door.open(answer)
  opened.defer(door.shut)

  const closing = opened.move()
  return {
    url: door.url,
    port: door.port,
    data: folder,
    keys: keysOf(resources, secrets),
    apps: appsOf(resources),
    notices: ignoredTypes(resources).map((type) => `${type} is not imitated: what it does is missing here.`),
    functions: functions.all,
    function: functions.find,
    tables: tables.map(({ name }) => name),
    queues: ofType(served.queue).map(({ name }) => name),
    endpoints: {
      dynamodb: dynamodb.endpoint,
      messages: messaging.endpoint,
      database: database?.url,
    },
    settled: () => {
      const urls = ofType(served.queue).map(({ ref }) => ref)
      return settled({ mappings, functions: functions.all, queues: urls, messaging })
    },
    throttle: (share, error) => {
      if (!dynamodb.throttle)
        throw new LocalCloudError('Start the local cloud with throttles: true to refuse requests.')
      dynamodb.throttle.set(share, error)
    },
    fire: async (name) => {
      const due = schedules.filter(({ id }) => id.includes(name))
      if (due.length === 0) throw new LocalCloudError(`There is no schedule ${name}.`)
      await Promise.all(due.map(({ fire }) => fire()))
    },
    executions: () => states.executions,
    events: () => buses.events,
    stop: () => closing.disposeAsync(),
  }
}

function prepare(data: string): string {
  const folder = resolve(data)
  try {
    mkdirSync(join(folder, 'code'), { recursive: true })
    return folder
  } catch (error) {
    const { message } = error as Error
    throw new LocalCloudError(`The folder ${data} cannot be used: ${message}. Choose another with --data.`, {
      cause: error,
    })
  }
}

async function atMost(milliseconds: number, work: Promise<unknown>): Promise<void> {
  const { promise: over, resolve: end } = Promise.withResolvers<void>()
  const timer = setTimeout(end, milliseconds)
  await Promise.race([work, over]).finally(() => clearTimeout(timer))
}
