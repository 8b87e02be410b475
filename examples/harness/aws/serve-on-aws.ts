import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LocalCloud, startLocalCloud } from '@weir/aws/local'
import { testDatabase } from '@weir/test-postgres'
import type { App } from 'weir'
import type { Runtime } from 'weir/runtime'
import { clientOf } from '../client.ts'
import { type Server, type ServerOptions, testKey } from '../server.ts'
import { synthesise } from './assembly.ts'
import { serveServices } from './serve-services.ts'

/** An application that is served by a local cloud. */
export interface CloudServer extends Server {
  /** The local cloud that runs now. */
  readonly cloud: LocalCloud
  /** Stops it, and removes all that it kept. */
  stop(): Promise<void>
}

export interface CloudOptions extends Pick<ServerOptions, 'services'> {
  /** What time it is for functions when it starts. */
  readonly now?: string
  /** Whether DynamoDB can be told to refuse requests. */
  readonly throttles?: boolean
}

const assemblies = new Map<string, string>()

/** The templates of an application, made once a process. */
function assemblyOf(app: App): string {
  const found = assemblies.get(app.name) ?? synthesise(app)
  assemblies.set(app.name, found)
  return found
}

/** Starts an application on a local cloud of its own, with nothing in it. */
export async function serveOnAws(app: App, options: CloudOptions = {}): Promise<CloudServer> {
  const { services = () => [], now, throttles = false } = options
  const data = mkdtempSync(join(tmpdir(), 'weir-examples-cloud-'))
  const database = await testDatabase()
  const served = await serveServices(services)
  const ahead = now === undefined ? 0 : Date.parse(now) - Date.now()
  // Longer than a cold start takes, also on a machine that is busy: else messages come again while they are handled.
  const visibilityTimeout = 6
  const start = () =>
    startLocalCloud({
      cdkOut: assemblyOf(app),
      ...{ data, throttles, databaseUrl: database.url, schedules: false, environments: 2, visibilityTimeout },
      now: new Date(Date.now() + ahead).toISOString(),
      keys: { apiKey: testKey },
      environment: { TEST_SERVICES_URL: served.url, LOG_LEVEL: 'warn' },
      onLog: ({ source, text }) => process.env.WEIR_TEST_LOG && console.log(source, text),
    })
  let cloud = await start()
  return {
    get cloud() {
      return cloud
    },
    runtime: settling(() => cloud),
    ...clientOf((path, init) => fetch(cloud.url + path, { ...init, redirect: 'manual' })),
    listen: async () => ({ url: cloud.url, port: cloud.port, close: async () => {} }),
    restart: async () => {
      await cloud.stop()
      cloud = await start()
    },
    stop: async () => {
      await cloud.stop()
      served.stop()
      await database.drop()
      rmSync(data, { recursive: true, force: true })
    },
  }
}

/** All that there is of a runtime here: it is in the functions. */
function settling(cloud: () => LocalCloud): Runtime {
  return new Proxy({} as Runtime, {
    get: (_, name) => {
      if (name === 'settled') return () => cloud().settled()
      throw new Error(`The runtime is in the functions of a local cloud: there is no ${String(name)} here.`)
    },
  })
}
