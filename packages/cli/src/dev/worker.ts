import type { Logger } from 'weir/ports'
import { type LoadedAndPlaced, loadApps, placeApps } from '../apps/load.ts'
import { followLoadedFiles } from '../apps/loaded-files.ts'
import { loadEnvironment } from '../environment.ts'
import { explain } from '../explain.ts'
import { untilStopped } from '../lifecycle.ts'
import { announcement, importServer, type ServerModules } from '../serve.ts'
import { type Flags, readSettings, type Settings } from '../settings.ts'
import type { FromWorker, ToWorker } from './messages.ts'

/** Long enough for a request, short enough for who waits for a restart. */
const closeTimeout = 1000

/**
 * One version of the code, in a process of its own: loads it, waits until the version before is gone, serves it.
 */
export async function work(path: string, flags: Flags): Promise<void> {
  try {
    followLoadedFiles((file) => tell({ kind: 'file', file }))
    loadEnvironment()
    const settings = readSettings(flags, process.env)
    const [loaded, modules] = await Promise.all([loadApps(path), importServer()])
    const served = { ...loaded, apps: placeApps(loaded.apps) }
    const order = waitForOrder()
    tell({ kind: 'loaded' })
    await serve(served, settings, modules, await order)
  } catch (error) {
    process.stderr.write(explain(error).text)
    tell({ kind: 'failed' }, () => process.exit(1))
  }
}

type ServeOrder = Extract<ToWorker, { kind: 'serve' }>

/** What ends this process; as long as nothing is open, without more ado. */
let end: (reason: string) => void = () => process.exit(0)

function waitForOrder(): Promise<ServeOrder> {
  process.on('disconnect', () => end('the watching process is gone'))
  return new Promise((resolve) => {
    process.on('message', (message: ToWorker) => {
      if (message.kind === 'serve') resolve(message)
      else end('restart')
    })
  })
}

async function serve(
  served: LoadedAndPlaced,
  given: Settings,
  { openOutput, startApps }: ServerModules,
  order: ServeOrder,
): Promise<void> {
  const settings = { ...given, port: order.port ?? given.port }
  const { logger, announce } = openOutput(settings.logLevel)
  const starting = startApps({ ...served, settings, environment: process.env, logger, closeTimeout })
  end = untilStopped(starting, quieter(logger))
  const started = await starting
  if (order.announce) announce(announcement(served.apps, settings, started, performance.now()))
  tell({ kind: 'listening', port: started.port })
}

function tell(message: FromWorker, then?: () => void): void {
  if (process.connected) process.send?.(message, undefined, undefined, then)
  else then?.()
}

/** The process that watches says what happens; that a worker comes and goes is no news. */
function quieter(logger: Logger): Logger {
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.debug(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
  }
}
