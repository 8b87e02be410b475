import { loadPlaced } from '../apps/load.ts'
import { loadEnvironment } from '../environment.ts'
import { untilStopped } from '../lifecycle.ts'
import { type Flags, readSettings } from '../settings.ts'
import { version } from '../version.ts'
import { placeOf, requireDatabase } from './database-url.ts'

/**
 * Folds projections and runs policies until the process is told to stop.
 *
 * @throws CliError, EngineError or DefinitionError when they cannot be started
 */
export async function work(path: string, flags: Flags): Promise<void> {
  loadEnvironment()
  const environment = process.env
  const settings = readSettings(flags, environment)
  const database = requireDatabase(settings.database, 'weir work')
  const [loaded, { openOutput }, { startWorkers }] = await Promise.all([
    loadPlaced(path),
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
    data: placeOf(database),
    keys: listening?.made,
    milliseconds: Math.round(performance.now()),
  })
}
