import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmod, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from './port.ts'

/** A PostgreSQL of one's own, to be stopped and started as one likes. */
export interface PostgresServer {
  /** Of its database `postgres`, as superuser; the same over restarts. */
  readonly url: string
  /** Starts it again, on what it held. */
  start(): Promise<void>
  /** Stops it: `fast` ends connections and writes everything down, `immediate` is like a crash. */
  stop(mode?: 'fast' | 'immediate'): Promise<void>
  /** Stops it for good, and removes all that it held. */
  remove(): Promise<void>
}

/** What the keeper of a server is told at its start. */
export interface ServerOptions {
  readonly folder: string
  readonly port: number
  readonly password: string
  readonly flags: readonly string[]
}

export type Order = 'make' | 'start' | 'fast' | 'immediate'
export type Answer = { readonly isDone: true } | { readonly isDone: false; readonly reason: string }

/** Shared memory lies in the folder, and goes with it: a server that is killed leaves none in /dev/shm. */
const defaults = [
  ...['shared_buffers=128MB', 'max_connections=200', 'unix_socket_directories='],
  'dynamic_shared_memory_type=mmap',
]

/**
 * Makes and starts a PostgreSQL with an empty folder, on a free port of the loopback interface. It ends with this process,
 * however that ends, and leaves nothing behind.
 *
 * @param flags settings beside the defaults: `['max_connections=10']`
 * @throws Error with what PostgreSQL said when it cannot run here
 */
export async function startPostgres(flags: readonly string[] = []): Promise<PostgresServer> {
  const folder = await mkdtemp(join(tmpdir(), 'weir-postgres-'))
  // The server has a user of its own when this one is root.
  await chmod(folder, 0o711)
  const password = randomBytes(12).toString('hex')
  const port = await freePort()
  const options: ServerOptions = { folder, port, password, flags: [...defaults, ...flags] }
  const keeper = fork(fileURLToPath(new URL('keeper.ts', import.meta.url)), [JSON.stringify(options)], {
    detached: true,
    execArgv: [],
    stdio: 'ignore',
  })
  const remove = async () => {
    if (keeper.exitCode !== null) return
    keeper.ref()
    const gone = once(keeper, 'exit')
    if (keeper.connected) keeper.disconnect()
    await gone
  }
  try {
    await order(keeper, 'make')
  } catch (error) {
    await remove()
    throw error
  }
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    start: () => order(keeper, 'start'),
    stop: (mode = 'fast') => order(keeper, mode),
    remove,
  }
}

/** While an order is carried out the process stays alive, between them the keeper does not keep it. */
async function order(keeper: ChildProcess, what: Order): Promise<void> {
  keeper.ref()
  keeper.channel?.ref()
  const [answer] = (await Promise.race([
    once(keeper, 'message'),
    once(keeper, 'exit').then(() => [{ isDone: false, reason: 'The keeper of the server ended.' }]),
    new Promise((_, reject) => {
      keeper.send(what, (error) => error && reject(error))
    }),
  ])) as [Answer]
  keeper.unref()
  keeper.channel?.unref()
  if (!answer.isDone) throw new Error(`PostgreSQL could not be run: ${answer.reason}`)
}
