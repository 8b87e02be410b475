import { openPlacing, type Placing, type SetAside } from '@weir/engine-dynamodb'
import type { App } from 'weir'
import { EngineError, type Logger } from 'weir/ports'
import { type ConsumerKind, decodeApps, metrics } from '../../contract/index.ts'
import { type Application, appNamed } from '../setup/application.ts'
import { metricLine } from '../setup/metric-line.ts'
import type { Settings } from '../setup/options.ts'
import { Bell } from './bell.ts'

/** The feed of an application, and the bell that tells its consumers. */
export interface Feed {
  readonly app: string
  readonly placing: Placing
  readonly bell: Bell
}

/**
 * Opens the feeds of the applications that the environment names.
 *
 * @throws EngineError when one cannot be opened
 */
export async function openFeeds(application: Application, { environment, logger }: Settings): Promise<Feed[]> {
  const opening = Object.entries(decodeApps(environment.WEIR_APPS)).map(async ([app, { events, index, topic }]) => {
    if (topic === undefined)
      throw new EngineError(`WEIR_APPS names no topic of '${app}': the stack has to be deployed anew.`)
    const kinds = kindsOf(appNamed(application, app))
    const onSetAside = (aside: SetAside) => tellOf(aside, { stack: environment.WEIR_PREFIX ?? '', app, logger })
    const placing = await openPlacing({ tables: { events, index }, onSetAside })
    return { app, placing, bell: new Bell({ app, kinds }, topic, logger) }
  })
  return Promise.all(opening)
}

/** Whoever looks is told of what is wrong by an alarm, and by the log what to do about it. */
function tellOf(
  { stream, version, reason }: SetAside,
  { stack, app, logger }: { readonly stack: string; readonly app: string; readonly logger: Logger },
): void {
  logger.error({ app, stream, version }, reason)
  process.stdout.write(`${metricLine({ Stack: stack, App: app }, { [metrics.incomplete]: 1 }, Date.now())}\n`)
}

function kindsOf({ projections, policies }: App): ConsumerKind[] {
  return [
    ...(projections.length > 0 ? ['projections' as const] : []),
    ...(policies.length > 0 ? ['policies' as const] : []),
  ]
}
