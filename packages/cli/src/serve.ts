import type { LoadApps, PlacedApp } from './apps/load.ts'
import { loadEnvironment } from './environment.ts'
import { untilStopped } from './lifecycle.ts'
import type { StartedAt } from './output/banner.ts'
import { type Flags, readSettings, type Settings } from './settings.ts'
import type { Started } from './start.ts'
import { placeOfStore } from './store.ts'
import { version } from './version.ts'

/**
 * Serves applications until the process is told to stop. Server and engine are imported while the applications load.
 *
 * @throws CliError, EngineError or DefinitionError when they cannot be started
 */
export async function serveApps(load: LoadApps, flags: Flags): Promise<void> {
  loadEnvironment()
  const environment = process.env
  const settings = readSettings(flags, environment)
  const [served, { openOutput, startApps }] = await Promise.all([load(), importServer()])
  const { logger, announce } = openOutput(settings.logLevel)
  const starting = startApps({ ...served, settings, environment, logger })
  untilStopped(starting, logger)
  announce(announcement(served.apps, settings, await starting, performance.now()))
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
  settings: Settings,
  { url, made, hasConsole }: Started,
  milliseconds: number,
): StartedAt {
  const named = apps.map(({ base, app }) => ({ name: app.name, base }))
  const started = {
    version: version(),
    url,
    apps: named,
    data: placeOfStore(settings),
    works: settings.works,
    keys: made,
    hasConsole,
    hasPages: settings.pages !== undefined,
  }
  return { ...started, milliseconds: Math.round(milliseconds) }
}
