import { type Command, InvalidArgumentError, Option } from 'commander'
import { examples } from '../help.ts'

type Ops = typeof import('./index.ts')

/** Adds the commands that speak to a running server. What they do is imported late, so that help comes at once. */
export function addOperations(program: Command): void {
  addLists(program)
  addEvents(program)
  addRebuild(program)
  addDeadLetters(program)
}

function addLists(program: Command): void {
  withServer(program.command('projections'))
    .description('show how the read models of a running server stand')
    .addHelpText('after', serverHelp(['weir projections', 'weir projections --app box-office --json']))
    .action(does((ops) => ops.projections))
  withServer(program.command('policies'))
    .description('show how the policies of a running server stand')
    .addHelpText('after', serverHelp(['weir policies', 'weir policies --url https://shop.example --json']))
    .action(does((ops) => ops.policies))
  withServer(program.command('timers'))
    .description('show the commands that policies have scheduled')
    .addHelpText('after', serverHelp(['weir timers', 'weir timers --app coffee']))
    .action(does((ops) => ops.timers))
}

const eventsHelp = `
The last events of a stream are shown; with --follow, also what is recorded from
then on, until Ctrl+C. Without a stream, --follow shows all streams.`

function addEvents(program: Command): void {
  const limit = (text: string) => new Option('--limit <number>', text).default('20').argParser(checkedLimit)
  withServer(program.command('streams').argument('[prefix]', 'only names that begin with this'))
    .description('list streams, the last name first')
    .addOption(limit('how many, 1 to 1000'))
    .addHelpText('after', serverHelp(['weir streams', 'weir streams concert- --limit 100']))
    .action(does((ops) => ops.streams))
  withServer(program.command('events').argument('[stream]', 'such as concert-4f12'))
    .description('show what was recorded, or is recorded')
    .addOption(limit('how many of the last events, 1 to 1000'))
    .option('-f, --follow', 'go on with what is recorded from now on')
    .option('--type <type>', 'with --follow: only events of this type')
    .option('--aggregate <name>', 'with --follow: only events of this aggregate')
    .addHelpText(
      'after',
      `${eventsHelp}\n${serverHelp(['weir events concert-4f12', 'weir events concert-4f12 --follow', 'weir events --follow --type TicketSold --json'])}`,
    )
    .action(does((ops) => ops.events))
}

function checkedLimit(text: string): string {
  if (/^\d{1,4}$/.test(text) && Number(text) >= 1 && Number(text) <= 1000) return text
  throw new InvalidArgumentError('It has to be 1 to 1000.')
}

const rebuildHelp = `
The read model is folded anew from all of history, while the old one serves.
Ctrl+C ends the looking on, not the rebuild.

Whoever follows it gets the exit code 0 when the new read model serves, 1 when
it failed, was stopped or cancelled, or waits because streams are parked that
were not, and 130 after Ctrl+C.`

function addRebuild(program: Command): void {
  const alone = (flags: string, text: string, others: string[]) => new Option(flags, text).conflicts(others)
  withServer(program.command('rebuild').argument('<projection>', 'name of the projection'))
    .description('fold a read model anew, and follow how far that is')
    .addOption(alone('--detach', 'start it, and do not follow it', ['stop', 'cancel']))
    .addOption(alone('--stop', 'stop the rebuild; the next one goes on where it was', ['cancel', 'accept', 'rollBack']))
    .addOption(alone('--cancel', 'give the rebuild up, and drop what was folded', ['accept', 'rollBack']))
    .addOption(alone('--accept <stream...>', 'let it serve although these streams are parked in it', ['rollBack']))
    .addOption(alone('--roll-back', 'let the read model serve that served before', []))
    .addHelpText(
      'after',
      `${rebuildHelp}\n${serverHelp(['weir rebuild concerts', 'weir rebuild concerts --detach', 'weir rebuild concerts --stop', 'weir rebuild concerts --accept concert-4f12'])}`,
    )
    .action(does((ops) => ops.rebuild))
}

function addDeadLetters(program: Command): void {
  const letters = program
    .command('dead-letters')
    .description('see, retry and discard what could not be applied')
    .addHelpText(
      'after',
      examples(['weir dead-letters list', 'weir dead-letters retry concerts', 'weir dead-letters list --help']),
    )
  withServer(letters.command('list').argument('[consumer]', 'only of this projection or policy'))
    .description('show what could not be applied, and why')
    .addHelpText('after', serverHelp(['weir dead-letters list', 'weir dead-letters list charge-card --json']))
    .action(does((ops) => ops.listLetters))
  withServer(letters.command('discarded').argument('[consumer]', 'only of this projection or policy'))
    .description('show what was given up, by whom, and why')
    .addHelpText('after', serverHelp(['weir dead-letters discarded', 'weir dead-letters discarded concerts --json']))
    .action(does((ops) => ops.listDiscarded))
  withLetter(
    letters.command('retry').argument('<consumer>', 'projection or policy').argument('[stream]', 'only this stream'),
  )
    .description('try again, at once; without a stream, all of it')
    .addHelpText(
      'after',
      serverHelp(['weir dead-letters retry concerts', 'weir dead-letters retry concerts concert-4f12']),
    )
    .action(does((ops) => ops.retryLetters))
  withLetter(
    letters.command('discard').argument('<consumer>', 'projection or policy').argument('<stream>', 'where it failed'),
  )
    .description('give up what failed; what waits behind goes on')
    .requiredOption('--reason <text>', 'why; it is recorded')
    .addHelpText('after', serverHelp(['weir dead-letters discard concerts concert-4f12 --reason "test data"']))
    .action(does((ops) => ops.discardLetter))
}

/** What a command does. It is given arguments and options as commander gives them, without the command itself. */
function does(choose: (ops: Ops) => (...args: never[]) => Promise<number>): (...args: unknown[]) => Promise<void> {
  return async (...args) => {
    const work = choose(await import('./index.ts'))
    process.exitCode = await work(...(args.slice(0, -1) as never[]))
  }
}

function withLetter(command: Command): Command {
  return withServer(command)
    .option('--document <id>', 'only what failed on this document')
    .option('--timer <key>', 'only this timer')
}

function withServer(command: Command): Command {
  return command
    .option('--url <address>', 'where the server is (default: http://localhost:<PORT, or 3000>)')
    .option('--operator-key <key>', 'key that the server takes; better in WEIR_OPERATOR_KEY')
    .option('--app <name>', 'which application, when the server has several')
    .option('-d, --data <folder>', 'data folder of a local start, where its keys are (default: ./data)')
    .option('--json', 'write JSON, for programs')
}

function serverHelp(lines: readonly string[]): string {
  return `
The key is taken from --operator-key, else WEIR_OPERATOR_KEY, else keys.json in
the data folder of a local start. The file .env is read.
${examples(lines)}`
}
