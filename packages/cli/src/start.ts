import { createHttpApp, type Mount, serve } from '@weir/http'
import { allOrNothing, type Opened } from './all-or-nothing.ts'
import { consoleFolder } from './console.ts'
import { prepareDirectory } from './data-directory.ts'
import { completeKeys, type Keys, type MadeKeys, readKeys } from './keys.ts'
import { addressOf, orExplainServer } from './listen.ts'
import { type RunningOptions, startRuntimes } from './runtimes.ts'

/** Applications that are being served. */
export interface Started extends Listening {
  /** Lets requests in flight finish, then the runtimes, then brings everything into the stores and closes them. */
  stop(): Promise<void>
}

export interface Listening {
  readonly url: string
  readonly port: number
  /** Whether it has the console's pages. */
  readonly hasConsole: boolean
  /** Keys that were made up, if any. */
  readonly made: MadeKeys | undefined
}

export interface StartOptions extends RunningOptions {
  /** Milliseconds that requests in flight get when it stops; 10,000 if not given. */
  readonly closeTimeout?: number
}

/**
 * Opens the stores of applications and serves them on one port. Either all of it succeeds, or nothing is left open.
 *
 * @throws CliError, EngineError or DefinitionError when it cannot be, with what to do about it
 */
export function startApps(options: StartOptions): Promise<Started> {
  const { apps, environment, logger, settings } = options
  return allOrNothing(async (opened) => {
    const served = apps.map(({ app }) => app)
    const keys = readKeys(environment, served, logger)
    const directory = prepareDirectory(settings.data)
    const mounts = await startRuntimes(options, directory, opened)
    return listen({ mounts, keys, directory }, options, opened)
  })
}

/** What is there to be served. */
interface Running {
  readonly mounts: readonly Mount[]
  /** Those that the environment gives. */
  readonly keys: Keys
  /** Of the data, as an absolute path. */
  readonly directory: string
}

/**
 * Answers requests on the port of the settings.
 *
 * @throws CliError when it cannot be had
 */
export async function listen(running: Running, options: StartOptions, opened: Opened): Promise<Listening> {
  const { settings, logger, closeTimeout } = options
  const { mounts, directory } = running
  const apps = mounts.map(({ runtime }) => runtime.app)
  const { keys, made } = completeKeys(running.keys, apps, directory)
  const console = consoleFolder()
  if (console === undefined) logger.warn({}, 'the console is not built, so it is not served: npm run build makes it')
  const { pages, introspection } = settings
  const server = await orExplainServer(() => {
    const http = createHttpApp({ mounts, logger, ...keys, pages, console, graphql: { introspection } })
    return serve(http, {
      ...settings,
      hostname: settings.host,
      ...(closeTimeout === undefined ? {} : { closeTimeout }),
    })
  }, settings)
  opened(server.close)
  return { url: addressOf(server, settings), port: server.port, hasConsole: console !== undefined, made }
}
