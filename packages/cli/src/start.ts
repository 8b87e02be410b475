import { accessSync, constants, mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { sqliteEngine } from '@weir/engine-sqlite'
import { createHttpApp, type Server, serve } from '@weir/http'
import type { Logger } from 'weir/ports'
import { type Runtime, startRuntime } from 'weir/runtime'
import type { PlacedApp } from './apps/load.ts'
import { CliError } from './errors.ts'
import { asTyped } from './npm-script.ts'
import type { Settings } from './settings.ts'

/** Applications that are being served. */
export interface Started {
  readonly url: string
  readonly port: number
  /** Lets requests in flight finish, then the runtimes, then brings everything into the database files and closes them. */
  stop(): Promise<void>
}

export interface StartOptions {
  readonly apps: readonly PlacedApp[]
  readonly settings: Settings
  readonly logger: Logger
  /** Milliseconds that requests in flight get when it stops; 10,000 if not given. */
  readonly closeTimeout?: number
}

interface Mount {
  readonly base: string
  readonly runtime: Runtime
}

/**
 * Opens the stores of applications and serves them on one port. Either all of it succeeds, or nothing is left open.
 *
 * @throws CliError or EngineError when it cannot be, with what to do about it
 */
export async function startApps({ apps, settings, logger, closeTimeout }: StartOptions): Promise<Started> {
  const directory = prepareDirectory(settings.data)
  const mounts = await startRuntimes(apps, directory, logger)
  try {
    const server = await startServer(mounts, { settings, logger, closeTimeout })
    return {
      url: isLoopback(settings.host) ? `http://localhost:${server.port}` : server.url,
      port: server.port,
      stop: async () => {
        await server.close()
        await stopAll(mounts)
      },
    }
  } catch (error) {
    await stopAll(mounts)
    throw error
  }
}

function prepareDirectory(data: string): string {
  const directory = resolve(data)
  try {
    mkdirSync(directory, { recursive: true })
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK)
    return directory
  } catch (error) {
    throw new CliError(
      `The data directory ${data} cannot be used: ${reasonOf(error as NodeJS.ErrnoException)}. ` +
        'Make it a folder that this user may write, or choose another with --data.',
      { cause: error },
    )
  }
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied'
  if (code === 'EEXIST' || code === 'ENOTDIR') return 'it, or a part of its path, is a file'
  if (code === 'EROFS') return 'the file system is read-only'
  return message
}

async function startRuntimes(apps: readonly PlacedApp[], directory: string, logger: Logger): Promise<Mount[]> {
  const engine = sqliteEngine({ directory })
  const results = await Promise.allSettled(
    apps.map(async ({ base, app }): Promise<Mount> => ({ base, runtime: await startRuntime(app, { engine, logger }) })),
  )
  const failed = results.find((result) => result.status === 'rejected')
  const mounts = results.filter((result) => result.status === 'fulfilled').map(({ value }) => value)
  if (!failed) return mounts
  await stopAll(mounts)
  throw failed.reason
}

async function startServer(
  mounts: readonly Mount[],
  { settings, logger, closeTimeout }: Pick<StartOptions, 'settings' | 'logger' | 'closeTimeout'>,
): Promise<Server> {
  const { port, host } = settings
  try {
    const app = createHttpApp({ mounts, logger })
    return await serve(app, { port, hostname: host, ...(closeTimeout === undefined ? {} : { closeTimeout }) })
  } catch (error) {
    throw new CliError(explainServer(error as Error, settings), { cause: error })
  }
}

function explainServer({ message, cause }: Error, { port, host }: Settings): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code === 'EADDRINUSE') {
    return `Port ${port} is in use by another program. Stop that, or choose another port: ${withPort(freeGuess(port))}`
  }
  if (code === 'EACCES')
    return `Port ${port} needs rights that this user lacks. Choose one from 1024: ${withPort(3000)}`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return `This machine has no address '${host}'. Choose another with --host: 127.0.0.1, or 0.0.0.0 for all.`
  }
  return message
}

function withPort(port: number): string {
  return asTyped(`--port ${port}`, process.env)
}

function freeGuess(port: number): number {
  return port < 65_535 ? port + 1 : 0
}

function isLoopback(host: string): boolean {
  return host === '127.0.0.1' || host === 'localhost'
}

/** Stops every runtime, also when one of them fails to; then the failure is thrown. */
async function stopAll(mounts: readonly Mount[]): Promise<void> {
  const results = await Promise.allSettled(mounts.map(({ runtime }) => runtime.stop()))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
}
