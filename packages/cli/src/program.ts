import { Command, CommanderError } from 'commander'
import { appArgument } from './apps/command.ts'
import type { LoadApps } from './apps/load.ts'
import { addAws } from './aws/program.ts'
import { addCheck } from './check/program.ts'
import { addCopy } from './copy/program.ts'
import { errorLabel } from './explain.ts'
import { examples, fullName } from './help.ts'
import { addOperations } from './ops/program.ts'
import { addPostgres } from './postgres/program.ts'
import { type Flags, logLevels } from './settings.ts'
import { version } from './version.ts'

/** What the commands do. */
export interface Actions {
  start(app: string, flags: Flags): Promise<void>
  dev(app: string, flags: Flags): Promise<void>
  /** One version of an application, for `dev`. */
  work(app: string, flags: Flags): Promise<void>
}

const settingsHelp = `
Settings are taken from options, else from the environment, else from the file
.env in the working directory: PORT, WEIR_DATA, and LOG_LEVEL, which is one of
${logLevels.join(', ')}.

GRAPHQL_INTROSPECTION, on or off, says whether clients may ask for the GraphQL
schema: on if it is not set, but off with NODE_ENV=production.

With DATABASE_URL, such as postgres://user:password@host:5432/database, data is
kept in PostgreSQL, in one schema an application. Then several processes may
share it. The work of one that says nothing any more is taken over by others
after WEIR_TAKE_OVER_AFTER seconds, 5 if it is not set.

With EVENT_STORE=dynamodb, events are in DynamoDB and only read models are in
PostgreSQL. The names of tables begin with DYNAMODB_TABLES, weir- if it is not
set; region and credentials are those of the AWS SDK.`

const keysHelp = `
API_KEY has keys for guarded routes, WEIR_OPERATOR_KEY for /ops, WEIR_READER_KEY
for looking at /ops only; several are separated by commas. The first two are
made when they are missing, API_KEY if a route is guarded, and kept in keys.json
of the data folder. With NODE_ENV=production none is made: the start is refused
without WEIR_OPERATOR_KEY, without API_KEY if a route is guarded, and with a key
of less than 16 characters.

The file .env reaches process.env and the environment of services, too.
Traces and metrics go to OTEL_EXPORTER_OTLP_ENDPOINT, unless TRACING is false.`

/** @param work what folds projections and runs policies beside a server; undefined when this one always does */
function serverHelp(work?: string): string {
  if (work === undefined) return `${settingsHelp}\n${keysHelp}`
  const others = `With --no-workers, others have to fold projections and run policies:\n${work} does.`
  return `${settingsHelp}\n${others}\n${keysHelp}`
}

/** The command line of `weir`. */
export function createProgram(actions: Actions): Command {
  const program = new Command('weir')
    .description('Runs event-sourced applications that are written with Weir.')
    .version(version(), '-v, --version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .addHelpText('after', examples(['weir start', 'weir dev src/app.ts', 'weir rebuild concerts', 'weir start --help']))
  withWorkers(withServerOptions(program.command('start').argument(...appArgument)))
    .description('serve an application, or several')
    .addHelpText(
      'after',
      startHelp('start', 'weir work', [
        'DATABASE_URL=postgres://shop_app:change-me@db:5432/shop weir start --no-workers',
      ]),
    )
    .action(actions.start)
  withServerOptions(program.command('dev').argument(...appArgument))
    .description('serve it while you write it: restarts when a file changes')
    .addHelpText('after', startHelp('dev'))
    .action(actions.dev)
  addPostgres(program)
  addCheck(program)
  addCopy(program)
  addAws(program)
  addOperations(program)
  withServerOptions(program.command('dev-worker', { hidden: true }).argument('<app>')).action(actions.work)
  return program
}

/**
 * The command line of a program that serves applications of its own; its commands are what `weir` does to applications.
 *
 * @param serve what it does without a command
 */
export function createServerProgram(name: string, load: LoadApps, serve: (flags: Flags) => Promise<void>): Command {
  const lines = [`${name} --port 4000 --data /var/lib/weir`, `${name} work`, `${name} migrate`]
  const program = withWorkers(withServerOptions(new Command(name)))
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', `${serverHelp(`${name} work`)}\n${examples(lines)}`)
    .enablePositionalOptions()
    .hook('preSubcommand', refuseOptionsBefore)
    .action(serve)
  addPostgres(program, load)
  addCheck(program, load)
  return program
}

/** Options before a command are those of serving: they would count for nothing. */
function refuseOptionsBefore(program: Command, command: Command): void {
  const given = program.options.find((option) => program.getOptionValueSource(option.attributeName()) === 'cli')
  if (given) program.error(`error: ${given.long} stands before ${command.name()}, but its options stand behind it.`)
}

/** @returns the exit code when the command line itself was wrong, or only asked for help */
export async function parse(program: Command, args: readonly string[]): Promise<number | undefined> {
  for (const command of withSubcommands(program)) {
    command
      .exitOverride()
      .showHelpAfterError(`Run ${fullName(command)} --help to see how it is used.`)
      .configureOutput({ outputError: (text, write) => write(text.replace(/^error:/, errorLabel)) })
  }
  try {
    await program.parseAsync(args, { from: 'user' })
    return undefined
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return error.exitCode === 0 || error.code === 'commander.help' ? 0 : 2
  }
}

function withServerOptions(command: Command): Command {
  return command
    .option('-p, --port <number>', 'port to listen on, 0 for any free one (default: 3000)')
    .option('-d, --data <folder>', 'where the databases are, one file an application (default: ./data)')
    .option('--host <address>', 'address to listen on, 0.0.0.0 for all of this machine (default: 127.0.0.1)')
    .option('--pages <folder>', 'built pages to show at /: static files with an index.html')
}

function withWorkers(command: Command): Command {
  return command.option('--no-workers', 'only answer requests, on PostgreSQL only: others fold and run policies')
}

function startHelp(command: string, work?: string, more: readonly string[] = []): string {
  const lines = [
    `weir ${command}`,
    `weir ${command} src/app.ts`,
    `weir ${command} examples/box-office --port 4000 --data /var/lib/box-office`,
    `LOG_LEVEL=debug weir ${command} --host 0.0.0.0`,
    ...more,
  ]
  return `
A folder is served by what its package.json names in exports or main, else by
index.ts, app.ts, src/index.ts or src/app.ts; .mts, .js and .mjs do as well. One
application has its routes at the root; several have them under /<name>.
${serverHelp(work)}
${examples(lines)}`
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)]
}
