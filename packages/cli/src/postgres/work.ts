import type { LoadApps } from '../apps/load.ts'
import { loadEnvironment } from '../environment.ts'
import { untilStopped } from '../lifecycle.ts'
import { type Flags, readSettings, withoutPort } from '../settings.ts'
import { placeOfStore } from '../store.ts'
import { version } from '../version.ts'
import { requireDatabase } from './database-url.ts'

/**
 * Folds projections and runs policies until the process is told to stop.
 *
 * @param name the command as it was typed
 * @throws CliError, EngineError or DefinitionError when they cannot be started
 */
export async function work(load: LoadApps, flags: Flags, name: string): Promise<void> {
  loadEnvironment()
  const environment = process.env
  const settings = readSettings(flags, withoutPort(environment))
  requireDatabase(settings.database, name)
  const [loaded, { openOutput }, { startWorkers }] = await Promise.all([
    load(),
    import('../output/output.ts'),
    import('./start-workers.ts'),
  ])
  const { logger, announceWork } = openOutput(settings.logLevel)
  const starting = startWorkers({ ...loaded, settings, environment, logger }, flags.port !== undefined)
  untilStopped(starting, logger)
  const { listening } = await starting
  announceWork({
    version: version(),
    url: listening?.url,
    apps: loaded.apps.map(({ app }) => app.name),
    data: placeOfStore(settings),
    keys: listening?.made,
    milliseconds: Math.round(performance.now()),
  })
}
