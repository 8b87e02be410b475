import type { AnyProjection, App } from '../definitions/index.ts'
import { type Engine, silentLogger, systemClock, systemIdentity } from '../ports/index.ts'
import { Commands } from './commands.ts'
import { stopping } from './errors.ts'
import { Executor } from './executor.ts'
import { newestPosition } from './newest-position.ts'
import type { RuntimeOptions } from './options.ts'
import { Projector } from './projector.ts'
import { Reader } from './reader.ts'
import { Readiness } from './readiness.ts'
import { StateStore } from './state-store.ts'
import { telemetryOf } from './telemetry.ts'
import { tokensOf } from './token.ts'
import type { Runtime } from './types.ts'

const CACHED_STATES = 10_000
const POLL_INTERVAL = 1000

/**
 * Starts an application: opens its store and begins to follow the feed. Its projections catch up in the background; see
 * `readiness` and `settled`.
 *
 * @throws EngineError when the store cannot be opened
 * @example
 * const runtime = await startRuntime(boxOffice, { engine: sqliteEngine({ directory: 'data' }) })
 * const outcome = await runtime.execute(Concert.commands.schedule.create(details))
 * await runtime.stop()
 */
export async function startRuntime(app: App, options: RuntimeOptions): Promise<Runtime> {
  if (app.policies.length > 0) {
    const names = app.policies.map(({ name }) => name).join(', ')
    throw new Error(`This version of Weir does not run policies yet, and ${app.name} has some: ${names}`)
  }
  const engine = await options.engine(app.name)
  try {
    return await assemble(app, engine, options)
  } catch (error) {
    await engine.close()
    throw error
  }
}

async function assemble(app: App, engine: Engine, options: RuntimeOptions): Promise<Runtime> {
  const { logger = silentLogger, clock = systemClock, identity = systemIdentity } = options
  const { events, readModels } = engine
  const breathe = () => new Promise<void>((resolve) => clock.soon(resolve))
  const states = new StateStore(events, logger, options.cachedStates ?? CACHED_STATES, breathe)
  const telemetry = telemetryOf(app.name)
  const executor = new Executor({ events, states, clock, identity, logger, telemetry: telemetry?.appends })
  const tokens = tokensOf(engine)
  const commands = new Commands({ app, events, states, executor, identity, tokens, telemetry: telemetry?.commands })
  const pollInterval = options.pollInterval ?? POLL_INTERVAL
  const projectors = new Map<AnyProjection, Projector>(
    app.projections.map((each) => [each, new Projector(each, { engine, clock, logger, pollInterval })]),
  )
  const reader = new Reader({ readModels, projectors, tokens, clock })
  const all = [...projectors.values()]
  const readiness = new Readiness(all, { engine, clock, logger })
  await startAll(all)
  const unsubscribe = events.onAppended(() => {
    for (const projector of all) projector.wake()
  })
  const stop = async () => {
    await commands.stop()
    unsubscribe()
    await Promise.all(all.map((projector) => projector.stop()))
    await engine.close()
  }
  let stopped: Promise<void> | undefined
  return {
    app,
    execute: (message, executeOptions) => commands.execute(message, executeOptions) as never,
    get: (projection, id, readOptions) => reader.get(projection, id, readOptions) as never,
    list: (projection, listOptions) => reader.list(projection, listOptions) as never,
    projections: () => all.map((projector) => projector.status()),
    readiness: () => readiness.tell(),
    settled: () => settled(engine, all),
    stop: () => {
      stopped ??= stop()
      return stopped
    },
  }
}

/** Starts one after the other; when one cannot start, none goes on. */
async function startAll(projectors: readonly Projector[]): Promise<void> {
  try {
    for (const projector of projectors) await projector.start()
  } catch (error) {
    await Promise.all(projectors.map((projector) => projector.stop()))
    throw error
  }
}

async function settled(engine: Engine, projectors: readonly Projector[]): Promise<void> {
  const end = await newestPosition(engine.events)
  await Promise.all(
    projectors.map(async (projector) => {
      while (!projector.covers(end)) {
        if (projector.isStopped) throw stopping()
        await new Promise<void>((resolve) => {
          const unwatch = projector.watch(() => {
            unwatch()
            resolve()
          })
          projector.wake()
        })
      }
    }),
  )
}
