import { resolve } from 'node:path'
import type { PlacedApp } from './apps/load.ts'
import { show } from './apps/locate.ts'
import { loadEnvironment } from './environment.ts'
import { untilStopped } from './lifecycle.ts'
import type { StartedAt } from './output/banner.ts'
import { type Flags, readSettings, type Settings } from './settings.ts'
import { version } from './version.ts'

/**
 * Serves applications until the process is told to stop. Server and engine are imported while the applications load.
 *
 * @throws CliError, EngineError or DefinitionError when they cannot be started
 */
export async function serveApps(load: () => Promise<readonly PlacedApp[]>, flags: Flags): Promise<void> {
  loadEnvironment()
  const settings = readSettings(flags, process.env)
  const [apps, { openOutput, startApps }] = await Promise.all([load(), importServer()])
  const { logger, announce } = openOutput(settings.logLevel)
  const starting = startApps({ apps, settings, logger })
  untilStopped(starting, logger)
  const { url } = await starting
  announce(announcement(apps, settings, url, performance.now()))
}

/** What is imported late, so that help and errors come at once. */
export type ServerModules = Pick<typeof import('./output/output.ts'), 'openOutput'> &
  Pick<typeof import('./start.ts'), 'startApps'>

/** Imports server and engine. */
export async function importServer(): Promise<ServerModules> {
  const [{ openOutput }, { startApps }] = await Promise.all([import('./output/output.ts'), import('./start.ts')])
  return { openOutput, startApps }
}

/** What there is to say when everything runs; `milliseconds` is how long that took. */
export function announcement(
  apps: readonly PlacedApp[],
  { data }: Settings,
  url: string,
  milliseconds: number,
): StartedAt {
  const named = apps.map(({ base, app }) => ({ name: app.name, base }))
  return { version: version(), url, apps: named, data: show(resolve(data)), milliseconds: Math.round(milliseconds) }
}
