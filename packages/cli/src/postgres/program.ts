import type { Command } from 'commander'
import { aboutApps, appExamples } from '../apps/command.ts'
import type { LoadApps } from '../apps/load.ts'
import type { Flags } from '../settings.ts'
import type { MigrateFlags } from './migrate.ts'

const workHelp = `
For an application whose data is in PostgreSQL: DATABASE_URL, from the
environment or the file .env, says where. Any number of these may run, beside
servers that are started with or without --no-workers; all of them divide the
work among them. What a process was doing that says nothing any more is taken
over by others after WEIR_TAKE_OVER_AFTER seconds, 5 if it is not set.

With --port it answers /health, /ready and /ops, whose keys are those of a
server; without, it listens to nothing. LOG_LEVEL is as for a server, PORT counts
for nothing.`

const migrateHelp = `
DATABASE_URL, from the environment or the file .env, is that of the role that is
to own the schemas, one an application. It may be run at any time, also while the
applications run. Where nobody runs it, the first start makes the schemas, if its
role may. The exit code is 0 when all is done, 1 when something could not be, 2 for
wrong usage.

The role --writer may use the schemas, and make read models in them: give its URL
to what serves and works. The role --reader may read the documents of read
models, and nothing else. Both have to be there.`

/**
 * Adds the commands that need PostgreSQL.
 *
 * @param own the applications of the program, if it has some
 */
export function addPostgres(program: Command, own?: LoadApps): void {
  addWork(program, own)
  addMigrate(program, own)
}

function addWork(program: Command, own: LoadApps | undefined): void {
  const command = program.command('work')
  aboutApps<Flags>(command, own, async (load, flags, name) => {
    const { work } = await import('./work.ts')
    await work(load, flags, name)
  })
    .description('fold projections and run policies, beside servers that share a PostgreSQL')
    .option('-p, --port <number>', 'port for health and operations, 0 for any free one (default: none)')
    .option('-d, --data <folder>', 'where keys and what services keep are (default: ./data)')
    .option('--host <address>', 'address to listen on, 0.0.0.0 for all of this machine (default: 127.0.0.1)')
    .addHelpText('after', `${workHelp}\n${appExamples(command, own, ['--port 4001 --host 0.0.0.0'])}`)
}

function addMigrate(program: Command, own: LoadApps | undefined): void {
  const command = program.command('migrate')
  aboutApps<MigrateFlags>(command, own, async (load, flags, name) => {
    const { migrate } = await import('./migrate.ts')
    await migrate(load, flags, name)
  })
    .description('make the schemas in PostgreSQL, or bring them up to date')
    .option('--writer <role>', 'role under which the application runs')
    .option('--reader <role>', 'role that may only read the read models')
    .addHelpText('after', `${migrateHelp}\n${appExamples(command, own, ['--writer shop_app --reader reports'])}`)
}
