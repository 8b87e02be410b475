import type { AnyProjection, App } from '../definitions/index.ts'
import { type Engine, type Position, silentLogger, systemClock, systemIdentity } from '../ports/index.ts'
import { appLogger } from './app-logger.ts'
import { Commands } from './commands.ts'
import { Division } from './division.ts'
import { stopping } from './errors.ts'
import { Executor } from './executor.ts'
import { explorerOf } from './explorer/explorer-of.ts'
import { Tail } from './explorer/tail.ts'
import { Generations } from './generations.ts'
import { newestPosition } from './newest-position.ts'
import { OnDemandCalls } from './on-demand-calls.ts'
import { operationsOf } from './operations-of.ts'
import type { RuntimeOptions } from './options.ts'
import { PolicyRunners } from './policy-runners.ts'
import { Reader } from './reader.ts'
import { Readiness } from './readiness.ts'
import { skillsOf } from './skills.ts'
import { StateStore } from './state-store.ts'
import { telemetryOf } from './telemetry.ts'
import { detached } from './telemetry-context.ts'
import { tokensOf } from './token.ts'
import type { Runtime } from './types.ts'

const CACHED_STATES = 10_000
const POLL_INTERVAL = 1000
const TAKE_OVER_AFTER = 5000
const KEEP_PREVIOUS = 24 * 60 * 60 * 1000

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
  const engine = await options.engine(app.name)
  try {
    return await assemble(app, engine, options)
  } catch (error) {
    await engine.close()
    throw error
  }
}

async function assemble(app: App, engine: Engine, options: RuntimeOptions): Promise<Runtime> {
  const { clock = systemClock, identity = systemIdentity } = options
  const logger = appLogger(options.logger ?? silentLogger, app.name)
  const { events, readModels } = engine
  const breathe = () => new Promise<void>((resolve) => clock.soon(resolve))
  const states = new StateStore(events, logger, options.cachedStates ?? CACHED_STATES, breathe)
  const telemetry = telemetryOf(app.name)
  const executor = new Executor({ events, states, clock, identity, logger, telemetry: telemetry?.appends })
  const tokens = tokensOf(engine)
  const commands = new Commands({ app, events, states, executor, identity, tokens, telemetry: telemetry?.commands })
  const pollInterval = options.pollInterval ?? POLL_INTERVAL
  const keepPrevious = options.keepPrevious ?? KEEP_PREVIOUS
  const isBusy = () => executor.isBusy
  const { takeOverAfter = TAKE_OVER_AFTER } = options
  const works = worksOf(options)
  const division = new Division(skillsOf(app), { roster: engine.roster, clock, identity, logger, takeOverAfter, works })
  const shared = { engine, clock, logger, division, pollInterval, telemetry: telemetry?.consumers }
  const services = { ...shared, keepPrevious, isBusy, onRebuildWanted: options.onRebuildWanted }
  const projections = new Map<AnyProjection, Generations>(
    app.projections.map((each) => [each, new Generations(each, services)]),
  )
  const reader = new Reader({ readModels, projections, tokens, clock })
  const all = [...projections.values()]
  const execute = commands.execute.bind(commands)
  const policies = new PolicyRunners(app, options.services ?? [], { ...shared, app, execute, identity })
  const readiness = new Readiness([...all, ...policies.prerequisites], { engine, clock, logger })
  await division.join()
  await startAll([...all, policies])
  division.onLook(() => {
    for (const each of all) each.divided()
    policies.divided()
  })
  const wake = () => {
    for (const each of all) each.wake()
    policies.wake()
  }
  const unsubscribe = division.isOnDemand ? () => {} : events.onAppended(detached(wake))
  const tail = new Tail({ app, engine, clock, logger, pollInterval, breathe })
  const generationOf = async (projection: AnyProjection) => {
    const generations = projections.get(projection) as Generations
    await generations.refresh(true)
    return generations.generation
  }
  const explored = {
    app,
    events,
    readModels,
    states,
    reader,
    generationOf,
    policies: policies.operations,
    tail,
    breathe,
  }
  const operations = { ...operationsOf(all, policies.operations, { events, breathe }), ...explorerOf(explored) }
  const onDemand =
    options.works === 'on demand' ? new OnDemandCalls({ projections: all, policies, clock, readModels }) : undefined
  const unobserve = telemetry?.consumers.observe(operations)
  const stop = async () => {
    unobserve?.()
    tail.stop()
    await onDemand?.stop()
    await policies.stop()
    await commands.stop()
    unsubscribe()
    await Promise.all(all.map((each) => each.stop()))
    await division.stop()
    await engine.close()
  }
  let stopped: Promise<void> | undefined
  return {
    app,
    // When it stops, policies may still finish what they have begun.
    execute: (message, executeOptions) =>
      (stopped ? Promise.reject(stopping()) : execute(message, executeOptions)) as never,
    get: (projection, id, readOptions) => reader.get(projection, id, readOptions) as never,
    list: (projection, listOptions) => reader.list(projection, listOptions) as never,
    observe: (projection, onChange) => reader.observe(projection, onChange),
    operations,
    onDemand,
    readiness: () => readiness.tell(),
    settled: () => settled(engine, all, policies).finally(clock.stayAlive()),
    stop: () => {
      stopped ??= stop().finally(clock.stayAlive())
      return stopped
    },
  }
}

/** Where others work on demand, a process that does no work rests as they do. */
function worksOf({ works = true, onRebuildWanted }: RuntimeOptions): boolean | 'on demand' {
  return works || onRebuildWanted === undefined ? works : 'on demand'
}

/** Starts one after the other; when one cannot start, none goes on. */
async function startAll(consumers: readonly (Generations | PolicyRunners)[]): Promise<void> {
  try {
    for (const each of consumers) await each.start()
  } catch (error) {
    await Promise.all(consumers.map((each) => each.stop()))
    throw error
  }
}

/** Goes on for as long as policies act: what follows from their commands is to be settled, too. */
async function settled(engine: Engine, projections: readonly Generations[], policies: PolicyRunners): Promise<void> {
  for (let before = -1; before !== policies.executed; ) {
    before = policies.executed
    const end = await newestPosition(engine.events)
    await Promise.all([policies.settle(end), ...projections.map((each) => settle(each, end))])
  }
}

async function settle(projection: Generations, end: Position): Promise<void> {
  while (!projection.hasSettled(end)) {
    if (projection.isStopped) throw stopping()
    await projection.approach(end)
  }
  await projection.release()
}
