import type { Mount } from '@weir/http'
import type { App, Provision } from 'weir'
import type { Logger } from 'weir/ports'
import { type RuntimeOptions, startRuntime } from 'weir/runtime'
import type { Opened } from './all-or-nothing.ts'
import type { PlacedApp } from './apps/load.ts'
import { type ServiceSupply, supplyServices } from './apps/services.ts'
import type { Environment, Settings } from './settings.ts'
import { engineOf } from './store.ts'
import { startTelemetry } from './telemetry.ts'

/** Which applications are to run, and how. */
export interface RunningOptions {
  readonly apps: readonly PlacedApp[]
  readonly services: ServiceSupply
  readonly settings: Settings
  readonly environment: Environment
  readonly logger: Logger
}

/**
 * Opens the stores of applications and starts them: all of them, or none.
 *
 * @param directory of the data, as an absolute path
 * @throws CliError, EngineError or DefinitionError when one cannot be started, with what to do about it
 */
export async function startRuntimes(options: RunningOptions, directory: string, opened: Opened): Promise<Mount[]> {
  const { apps, environment, settings, logger } = options
  const services = await supplyServices(options.services, { data: directory, environment })
  const telemetry = await startTelemetry(environment, apps.map(({ app }) => app.name).join(','), logger)
  if (telemetry) opened(telemetry.stop)
  const { works, takeOverAfter } = settings
  const engine = await engineOf(settings, directory, logger)
  const mounts = await startEach(apps, services, { engine, works, takeOverAfter, logger })
  opened(() => stopAll(mounts))
  return mounts
}

async function startEach(
  apps: readonly PlacedApp[],
  services: readonly Provision[],
  options: RuntimeOptions,
): Promise<Mount[]> {
  const servicesOf = sharing(services, apps)
  const results = await Promise.allSettled(
    apps.map(async ({ base, app }): Promise<Mount> => {
      return { base, runtime: await startRuntime(app, { ...options, services: servicesOf(app) }) }
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
