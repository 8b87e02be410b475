import type { Command } from 'commander'
import { examples } from '../help.ts'

const appArgument = ['[app]', 'file or folder that exports an application, or several', '.'] as const

const workHelp = `
For an application whose data is in PostgreSQL: DATABASE_URL, from the
environment or the file .env, says where. Any number of these may run, beside
servers that are started with or without --no-workers; all of them divide the
work among them. What a process was doing that says nothing any more is taken
over by others after WEIR_TAKE_OVER_AFTER seconds, 5 if it is not set.

With --port it answers /health, /ready and /ops, whose keys are those of
weir start; without, it listens to nothing. LOG_LEVEL is as for weir start.`

const migrateHelp = `
DATABASE_URL, from the environment or the file .env, is that of the role that is
to own the schemas, one an application. It may be run at any time, also while the
applications run. Where nobody runs it, weir start makes the schemas, if its role
may. The exit code is 0 when all is done, 1 when something could not be, 2 for
wrong usage.

The role --writer may use the schemas, and make read models in them: give its URL
to weir start and weir work. The role --reader may read the documents of read
models, and nothing else. Both have to be there.`

/** Adds the commands that need PostgreSQL. */
export function addPostgres(program: Command): void {
  addWork(program)
  addMigrate(program)
}

function addWork(program: Command): void {
  program
    .command('work')
    .argument(...appArgument)
    .description('fold projections and run policies, beside servers that share a PostgreSQL')
    .option('-p, --port <number>', 'port for health and operations, 0 for any free one (default: none)')
    .option('-d, --data <folder>', 'where keys and what services keep are (default: ./data)')
    .option('--host <address>', 'address to listen on, 0.0.0.0 for all of this machine (default: 127.0.0.1)')
    .addHelpText('after', `${workHelp}\n${examples(['weir work', 'weir work src/app.ts --port 4001 --host 0.0.0.0'])}`)
    .action(async (path, flags) => {
      const { work } = await import('./work.ts')
      await work(path, flags)
    })
}

function addMigrate(program: Command): void {
  program
    .command('migrate')
    .argument(...appArgument)
    .description('make the schemas in PostgreSQL, or bring them up to date')
    .option('--writer <role>', 'role under which the application runs')
    .option('--reader <role>', 'role that may only read the read models')
    .addHelpText(
      'after',
      `${migrateHelp}\n${examples(['weir migrate', 'weir migrate src/app.ts --writer shop_app --reader reports'])}`,
    )
    .action(async (path, flags) => {
      const { migrate } = await import('./migrate.ts')
      await migrate(path, flags)
    })
}
