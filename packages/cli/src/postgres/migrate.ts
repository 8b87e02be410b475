import { loadApps, placeByName } from '../apps/load.ts'
import { loadEnvironment } from '../environment.ts'
import { say } from '../ops/print.ts'
import { readSettings } from '../settings.ts'
import { requireDatabase } from './database-url.ts'

export interface MigrateFlags {
  readonly writer?: string
  readonly reader?: string
}

/**
 * Makes the schemas of applications, or brings them up to date, and gives roles their rights.
 *
 * @throws CliError or EngineError when that cannot be done; applications before that one are done then
 */
export async function migrate(path: string, roles: MigrateFlags): Promise<void> {
  loadEnvironment()
  const { database } = readSettings({}, process.env)
  const url = requireDatabase(database, 'weir migrate')
  const [{ apps }, { migratePostgres }] = await Promise.all([loadApps(path), import('@weir/engine-postgres')])
  for (const { app } of placeByName(apps)) {
    say(`${app.name}: ${await migratePostgres({ url, application: app.name, ...roles })}`)
  }
}
