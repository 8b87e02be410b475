import type { Command } from 'commander'
import { aboutApps, appExamples } from '../apps/command.ts'
import type { LoadApps } from '../apps/load.ts'
import type { CheckFlags } from './check.ts'

const checkHelp = `
Reads every recorded event through the definitions as they are now, and folds
every projection anew in memory, to compare that with what is stored. Nothing is
written, and a server may go on meanwhile. The exit code is 0 when nothing was
found, 1 when something was, 2 for wrong usage.

With DATABASE_URL, from the environment or the file .env, what is recorded in
PostgreSQL is looked at, else what is in the data folder.`

/**
 * Adds the command that tries definitions on the recorded history.
 *
 * @param own the applications of the program, if it has some
 */
export function addCheck(program: Command, own?: LoadApps): void {
  const command = program.command('check')
  aboutApps<CheckFlags>(command, own, async (load, flags) => {
    const { check } = await import('./check.ts')
    process.exitCode = await check(load, flags)
  })
    .description('try the definitions on what is recorded, before they are deployed')
    .option('-d, --data <folder>', 'where the databases are (default: ./data)')
    .option('--may-differ <projection...>', 'projections whose documents are meant to change')
    .option('--json', 'write JSON, for programs')
    .addHelpText(
      'after',
      `${checkHelp}\n${appExamples(command, own, ['--data /var/lib/shop', '--may-differ concerts tickets'])}`,
    )
}
