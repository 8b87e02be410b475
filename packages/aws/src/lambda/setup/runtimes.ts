import type { App, EventBus } from 'weir'
import { type Engine, EngineError, type OpenEngine } from 'weir/ports'
import { type OnDemand, type Runtime, type RuntimeOptions, startRuntime } from 'weir/runtime'
import { type AppPlace, decodeApps } from '../../contract/index.ts'
import { type Application, appNamed, servicesOf } from './application.ts'
import type { Settings } from './options.ts'
import { storesOf } from './stores.ts'

/** An application that was started. */
export interface Running {
  readonly app: App
  readonly place: AppPlace
  readonly runtime: Runtime
  /** Into how many partitions the streams of its projections are divided: the lanes of its feed. */
  readonly partitions: number
}

export interface Start extends Pick<RuntimeOptions, 'works'> {
  /** Called when an operator wants a projection folded anew. */
  readonly onRebuildWanted?: (app: string, projection: string) => Promise<void>
  /** Takes public events to other systems, where the policy that does so may run. */
  readonly bus?: EventBus | undefined
}

const noBus: EventBus = {
  publish: () => Promise.reject(new EngineError('This function publishes no events: EVENT_BUS_NAME names no bus.')),
}

/**
 * Starts the applications that the environment names: all of them, or none.
 *
 * @throws EngineError or DefinitionError when one cannot be started
 */
export async function startApps(application: Application, settings: Settings, start: Start): Promise<Running[]> {
  const places = Object.entries(decodeApps(settings.environment.WEIR_APPS))
  const open = settings.engine ?? storesOf(settings.environment)
  const services = await servicesOf(application, settings.environment, start.bus ?? noBus)
  const startOne = async ([name, place]: [string, AppPlace]): Promise<Running> => {
    const app = appNamed(application, name)
    const { works, onRebuildWanted } = start
    const { engine, partitions } = noting(open)
    const onWanted = onRebuildWanted && ((projection: string) => onRebuildWanted(name, projection))
    const logger = settings.logger
    const runtime = await startRuntime(app, {
      engine,
      works,
      logger,
      services: services(app),
      ...(onWanted && { onRebuildWanted: onWanted }),
    })
    return { app, place, runtime, partitions: partitions() }
  }
  return allOrNone(places.map(startOne))
}

/** An application whose consumers rest until they are called. */
export interface RunningOnDemand extends Running {
  readonly onDemand: OnDemand
}

/**
 * The same, to work on demand.
 *
 * @throws as above
 */
export async function startOnDemand(
  application: Application,
  settings: Settings,
  bus?: EventBus,
): Promise<RunningOnDemand[]> {
  const running = await startApps(application, settings, { works: 'on demand', bus })
  return running.map((each) => ({ ...each, onDemand: each.runtime.onDemand as OnDemand }))
}

/** Also says what the engine that it opens is like. */
function noting(open: OpenEngine): { readonly engine: OpenEngine; readonly partitions: () => number } {
  let opened: Engine | undefined
  const engine: OpenEngine = async (name) => {
    opened = await open(name)
    return opened
  }
  return { engine, partitions: () => (opened as Engine).partitions }
}

async function allOrNone(starting: readonly Promise<Running>[]): Promise<Running[]> {
  const results = await Promise.allSettled(starting)
  const failed = results.find((result) => result.status === 'rejected')
  const running = results.filter((result) => result.status === 'fulfilled').map(({ value }) => value)
  if (!failed) return running
  await Promise.allSettled(running.map(({ runtime }) => runtime.stop()))
  throw failed.reason
}
