import type { Command } from 'commander'
import { examples } from '../help.ts'
import type { CopyFlags } from './copy.ts'

const copyHelp = `
A store is a folder of databases, as --data is, the URL of a PostgreSQL, or
dynamodb:<prefix>, as tables are called there (<prefix><app>-events). Where AWS
is, the environment says, and DATABASE_URL where its policies are kept.

What was recorded is copied as it is, with the ids of commands and what policies
keep: timers and dead letters. Then both stores are read anew, and compared. Read
models are not copied: the application folds them anew. Nor are other databases in
a folder, such as those of services.

Stop the application first: nothing may be written meanwhile, neither here nor
there. The source stays as it is. The target has to be empty, or hold what an
earlier copy of the same source has left: what was broken off goes on when it is
called again.

Policies have to have come to the end of what is recorded. Those that are left
out begin at the end of what is copied.

The exit code is 0 when both hold the same, 1 when not, or when something could
not be done, 2 for wrong usage.`

/** Adds the command that copies what is recorded from one engine to another. */
export function addCopy(program: Command): void {
  program
    .command('copy')
    .description('copy what is recorded to another engine, and compare')
    .requiredOption(
      '--from <store>',
      'where it is: a folder, postgres://user:password@host:port/database, or dynamodb:<prefix>',
    )
    .requiredOption('--to <store>', 'where it is to be, or with --verify where it was copied to')
    .option('--app <name>', 'only this application (default: all that are there)')
    .option('--verify', 'only compare: nothing is written')
    .option('--without-policies [policy...]', 'leave out timers and dead letters of these policies, or of all')
    .addHelpText(
      'after',
      `${copyHelp}\n${examples([
        'weir copy --from ./data --to postgres://shop:change-me@db:5432/shop',
        'weir copy --from ./data --to /mnt/other --app box-office',
        'weir copy --from ./data --to dynamodb:shop- --app box-office',
        'weir copy --verify --from ./data --to postgres://shop:change-me@db:5432/shop',
      ])}`,
    )
    .action(async (flags: CopyFlags) => {
      const { copy } = await import('./copy.ts')
      process.exitCode = await copy(flags)
    })
}
