import type { LoadApps } from '../apps/load.ts'
import { loadEnvironment } from '../environment.ts'
import { UsageError } from '../errors.ts'
import { say } from '../ops/print.ts'
import { visible } from '../output/visible.ts'
import { placeOf, readDatabase, requireDatabase } from './database-url.ts'

export interface MigrateFlags {
  readonly writer?: string
  readonly reader?: string
}

/**
 * Makes the schemas of applications, or brings them up to date, and gives roles their rights.
 *
 * @param name the command as it was typed
 * @throws CliError or EngineError when that cannot be done; applications before that one are done then
 */
export async function migrate(load: LoadApps, roles: MigrateFlags, name: string): Promise<void> {
  loadEnvironment()
  const url = requireDatabase(readDatabase(process.env), name)
  refuseOneRole(roles)
  const [{ apps }, { migratePostgres }] = await Promise.all([load(), import('@weir/engine-postgres')])
  for (const { app } of apps) {
    const done = await migratePostgres({ url, application: app.name, ...roles })
    say([`${app.name}: ${done} in ${placeOf(url)}`, ...rightsOf(roles)].join('; '))
  }
}

function refuseOneRole({ writer, reader }: MigrateFlags): void {
  if (writer === undefined || writer !== reader) return
  throw new UsageError('--writer and --reader name the same role. Who may write may read: leave --reader out.')
}

/** Who may do what now. */
function rightsOf({ writer, reader }: MigrateFlags): string[] {
  return [
    ...(writer === undefined ? [] : [`${visible(writer)} may write`]),
    ...(reader === undefined ? [] : [`${visible(reader)} may read`]),
  ]
}
