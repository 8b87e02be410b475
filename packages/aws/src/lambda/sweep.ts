import { metrics } from '../contract/index.ts'
import { startRebuild } from './rebuild/start.ts'
import type { Application } from './setup/application.ts'
import { required } from './setup/environment.ts'
import { metricLine } from './setup/metric-line.ts'
import { once } from './setup/once.ts'
import { type FunctionOptions, type Settings, settingsOf } from './setup/options.ts'
import { Queues } from './setup/queues.ts'
import { type RunningOnDemand, startOnDemand } from './setup/runtimes.ts'
import { ringsFor } from './sweep/rings.ts'

/** A rebuild that has not moved for so many milliseconds has nobody who works on it: its execution was lost or has failed. */
const patience = 5 * 60_000

/** What a schedule calls. */
export type ScheduledHandler = () => Promise<void>

/**
 * The handler of the function `sweep`, called each minute, or each hour: nobody has to rely on messages.
 *
 * 1. (G3) It rings who is behind the feed, who has something to try again, and whose timers are due.
 * 2. It goes on with rebuilds that stand still, drops generations whose time is over, and tells how consumers stand.
 * 3. An application for which it fails keeps the others from nothing; the failure is thrown when all is done, so that it counts.
 *
 * @param application the author's module
 * @example
 * import * as application from './app.ts'
 * export const handler = sweep(application)
 */
export function sweep(application: Application, options: FunctionOptions = {}): ScheduledHandler {
  const settings = settingsOf(options)
  const started = once(() => startOnDemand(application, settings))
  const tools: Tools = { settings, queues: new Queues() }
  return async () => {
    const results = await Promise.allSettled((await started()).map((each) => sweepOne(each, tools)))
    const failed = results.filter((result) => result.status === 'rejected')
    for (const { reason } of failed) settings.logger.error({ err: reason }, 'the sweep of an application failed')
    if (failed[0]) throw failed[0].reason
  }
}

interface Tools {
  readonly settings: Settings
  readonly queues: Queues
}

async function sweepOne(running: RunningOnDemand, tools: Tools): Promise<void> {
  const { app, onDemand, runtime } = running
  const { environment, logger } = tools.settings
  await ring(running, tools)
  const projections = await runtime.operations.projections()
  const policies = await runtime.operations.policies()
  tell(environment.WEIR_PREFIX ?? '', app.name, [...projections, ...policies])
  for (const projection of await onDemand.stalledRebuilds(patience)) {
    logger.warn(
      { app: app.name, projection },
      'nobody works on a rebuild: an execution of the state machine is started',
    )
    await startRebuild(environment, { app: app.name, projection })
  }
  await onDemand.tidy()
}

async function ring({ app, onDemand }: RunningOnDemand, { queues, settings }: Tools): Promise<void> {
  const rings = ringsFor(required(settings.environment, 'WEIR_PREFIX'), app.name, await onDemand.due(), Date.now())
  const place = required(settings.environment, 'WEIR_QUEUES')
  await Promise.all(rings.map(({ queue, body, options }) => queues.send(place + queue, body, options)))
}

function tell(stack: string, app: string, consumers: readonly { name: string; parked: number; lag: number }[]): void {
  for (const { name, parked, lag } of consumers) {
    const values = { [metrics.parked]: parked, [metrics.behind]: lag }
    process.stdout.write(`${metricLine({ Stack: stack, App: app, Consumer: name }, values, Date.now())}\n`)
  }
}
