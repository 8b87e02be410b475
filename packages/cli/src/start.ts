import { sqliteEngine } from '@weir/engine-sqlite'
import { createHttpApp, serve } from '@weir/http'
import type { App, Provision } from 'weir'
import type { Logger } from 'weir/ports'
import { type Runtime, startRuntime } from 'weir/runtime'
import type { PlacedApp } from './apps/load.ts'
import { type ServiceSupply, supplyServices } from './apps/services.ts'
import { prepareDirectory } from './data-directory.ts'
import { completeKeys, type MadeKeys, readKeys } from './keys.ts'
import { addressOf, orExplainServer } from './listen.ts'
import type { Environment, Settings } from './settings.ts'
import { startTelemetry } from './telemetry.ts'

/** Applications that are being served. */
export interface Started {
  readonly url: string
  readonly port: number
  /** Keys that were made up, if any. */
  readonly made: MadeKeys | undefined
  /** Lets requests in flight finish, then the runtimes, then brings everything into the database files and closes them. */
  stop(): Promise<void>
}

export interface StartOptions {
  readonly apps: readonly PlacedApp[]
  readonly services: ServiceSupply
  readonly settings: Settings
  readonly environment: Environment
  readonly logger: Logger
  /** Milliseconds that requests in flight get when it stops; 10,000 if not given. */
  readonly closeTimeout?: number
}

interface Mount {
  readonly base: string
  readonly runtime: Runtime
}

/** Closes what was opened. */
type Close = () => Promise<void>

/**
 * Opens the stores of applications and serves them on one port. Either all of it succeeds, or nothing is left open.
 *
 * @throws CliError, EngineError or DefinitionError when it cannot be, with what to do about it
 */
export async function startApps(options: StartOptions): Promise<Started> {
  const opened: Close[] = []
  const stop = async () => {
    // The last that was opened is closed first.
    for (const close of opened.splice(0).reverse()) await close()
  }
  try {
    return { ...(await start(options, (close) => opened.push(close))), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function start(options: StartOptions, opened: (close: Close) => void): Promise<Omit<Started, 'stop'>> {
  const { settings, environment, logger, closeTimeout } = options
  const apps = options.apps.map(({ app }) => app)
  const given = readKeys(environment, apps, logger)
  const directory = prepareDirectory(settings.data)
  const services = await supplyServices(options.services, { data: directory, environment })
  const telemetry = await startTelemetry(environment, apps.map(({ name }) => name).join(','), logger)
  if (telemetry) opened(telemetry.stop)
  const mounts = await startRuntimes(options.apps, { directory, services, logger })
  opened(() => stopAll(mounts))
  const { keys, made } = completeKeys(given, apps, directory)
  const server = await orExplainServer(() => {
    const http = createHttpApp({ mounts, logger, ...keys })
    return serve(http, {
      ...settings,
      hostname: settings.host,
      ...(closeTimeout === undefined ? {} : { closeTimeout }),
    })
  }, settings)
  opened(server.close)
  return { url: addressOf(server, settings), port: server.port, made }
}

interface RuntimeSetting {
  readonly directory: string
  readonly services: readonly Provision[]
  readonly logger: Logger
}

async function startRuntimes(apps: readonly PlacedApp[], setting: RuntimeSetting): Promise<Mount[]> {
  const { directory, services, logger } = setting
  const engine = sqliteEngine({ directory })
  const servicesOf = sharing(services, apps)
  const results = await Promise.allSettled(
    apps.map(async ({ base, app }): Promise<Mount> => {
      return { base, runtime: await startRuntime(app, { engine, services: servicesOf(app), logger }) }
    }),
  )
  const failed = results.find((result) => result.status === 'rejected')
  const mounts = results.filter((result) => result.status === 'fulfilled').map(({ value }) => value)
  if (!failed) return mounts
  await stopAll(mounts)
  throw failed.reason
}

/** What one application declares is not given to the others, which would wonder; what none declares is given to all. */
function sharing(services: readonly Provision[], apps: readonly PlacedApp[]): (app: App) => Provision[] {
  const declared = new Set(apps.flatMap(({ app }) => app.services))
  return (app) => services.filter(({ service }) => app.services.includes(service) || !declared.has(service))
}

/** Stops every runtime, also when one of them fails to; then the failure is thrown. */
async function stopAll(mounts: readonly Mount[]): Promise<void> {
  const results = await Promise.allSettled(mounts.map(({ runtime }) => runtime.stop()))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
}
