import type { Command } from 'commander'
import { examples } from '../help.ts'

const checkHelp = `
Reads every recorded event through the definitions as they are now, and folds
every projection anew in memory, to compare that with what is stored. Nothing is
written, and a server may go on meanwhile. The exit code is 0 when nothing was
found, 1 when something was, 2 for wrong usage.`

/** Adds the command that tries definitions on the recorded history. */
export function addCheck(program: Command): void {
  program
    .command('check')
    .argument('[app]', 'file or folder that exports an application, or several', '.')
    .description('try the definitions on what is recorded, before they are deployed')
    .option('-d, --data <folder>', 'where the databases are (default: ./data)')
    .option('--may-differ <projection...>', 'projections whose documents are meant to change')
    .option('--json', 'write JSON, for programs')
    .addHelpText(
      'after',
      `${checkHelp}\n${examples(['weir check', 'weir check src/app.ts --data /var/lib/shop', 'weir check --may-differ concerts tickets'])}`,
    )
    .action(async (path, flags) => {
      const { check } = await import('./check.ts')
      process.exitCode = await check(path, flags)
    })
}
