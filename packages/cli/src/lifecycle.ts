import type { Logger } from 'weir/ports'

/** What can be stopped in good order. */
export interface Stoppable {
  stop(): Promise<void>
}

const signals = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const

type Signal = keyof typeof signals

/** Within this time a second signal is an echo: Ctrl+C reaches this process from the terminal and from npm. */
const echo = 1000

/** How often to look whether npm is still there, in milliseconds. */
const look = 250

/**
 * Ties a server's life to that of the process.
 *
 * 1. The first SIGTERM, SIGINT or SIGHUP stops it in good order: nothing that was begun is lost, and the exit code is 0.
 *    One that comes while it starts is obeyed when it has started.
 * 2. A second signal ends the process at once. What was acknowledged is safe then too: it is on the disk.
 * 3. Started by npm or npx, it also stops when these are gone: they, or the shell between, may be killed without telling it.
 * 4. An error that nobody caught is logged and ends the process with 1: its state cannot be trusted any more.
 *
 * @returns stops it as the first signal does; for who holds no signal
 */
export function untilStopped(started: Promise<Stoppable>, logger: Logger): (reason: string) => void {
  let stopping: number | undefined
  const stop = (reason: string) => {
    stopping = performance.now()
    logger.info({ reason }, 'stopping')
    void stopAndExit(started, logger)
  }
  const onSignal = (signal: Signal) => {
    if (stopping === undefined) return stop(signal)
    if (performance.now() - stopping < echo) return
    logger.warn({ reason: signal }, 'stopped at once')
    process.exit(128 + signals[signal])
  }
  for (const signal of Object.keys(signals) as Signal[]) process.on(signal, onSignal)
  const stopOnce = (reason: string) => {
    if (stopping === undefined) stop(reason)
  }
  if (process.env.npm_lifecycle_event !== undefined) stopWithParent(stopOnce)
  exitOnDefects(logger)
  return stopOnce
}

function stopWithParent(stop: (reason: string) => void): void {
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid !== parent) stop('npm is gone')
  }, look)
  timer.unref()
}

async function stopAndExit(started: Promise<Stoppable>, logger: Logger): Promise<void> {
  // Who started it tells why it did not start, and ends the process.
  const running = await started.catch(() => undefined)
  if (!running) return
  try {
    await running.stop()
    logger.info({}, 'stopped')
    process.exit(0)
  } catch (error) {
    logger.error({ err: error }, 'could not stop in good order')
    process.exit(1)
  }
}

function exitOnDefects(logger: Logger): void {
  process.on('uncaughtException', (error, origin) => {
    logger.error(
      { err: error },
      origin === 'unhandledRejection' ? 'a promise failed unhandled' : 'an error went uncaught',
    )
    process.exit(1)
  })
}
