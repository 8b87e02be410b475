import { afterEach, expect } from 'vitest'
import type { AnyProjection, App, CommandMessage } from 'weir'
import type { Engine, EventStore, Roster } from 'weir/ports'
import { type AcceptedOutcome, type Outcome, type Runtime, type RuntimeOptions, startRuntime } from 'weir/runtime'
import { type SetUp, useSubject } from '../subject.ts'
import { Balances, bank, Transfers } from './bank.ts'
import { type Faults, faulty } from './faults.ts'
import { balancesOf, type LoggedEvent, readLog, transfersOf } from './history.ts'

export interface StartOptions extends Partial<RuntimeOptions> {
  readonly app?: App
  readonly faults?: Faults
  /** Whether it divides the work with others that do so; else it does all of it, and takes it from whoever did. */
  readonly divides?: boolean | Roster
}

/** A store on which applications are started, stopped and forgotten; what is left is stopped when the test is over. */
export interface Stage {
  readonly engine: Engine
  readonly events: EventStore
  /** Of what is tried at very many places, only each such one is: on engines that take their time. */
  readonly every: number
  /** Starts the bank, or another application, beside those that run. */
  start(options?: StartOptions): Promise<Runtime>
  /** Leaves one alone that was killed: it cannot be stopped. */
  forget(runtime: Runtime): void
  /** Stops what runs, and opens the store again. */
  reopen(): Promise<void>
  log(): Promise<LoggedEvent[]>
  /** Makes a store of its own, and disposes of it afterwards. */
  elsewhere<T>(work: (engine: Engine) => Promise<T>): Promise<T>
}

export function useStage(setUp: SetUp, every = 1): Stage {
  const subject = useSubject(setUp, every)
  const running = new Set<Runtime>()
  const stopAll = async () => {
    await Promise.all([...running].map((runtime) => runtime.stop()))
    running.clear()
  }
  afterEach(stopAll)
  return {
    every,
    get engine() {
      return subject.engine
    },
    get events() {
      return subject.events
    },
    start: async (options = {}) => {
      const runtime = await startOn(subject.engine, options)
      running.add(runtime)
      return runtime
    },
    forget: (runtime) => void running.delete(runtime),
    reopen: async () => {
      await stopAll()
      await subject.reopen()
    },
    log: () => readLog(subject.events),
    elsewhere: async (work) => {
      const test = await setUp()
      try {
        return await work(test.engine)
      } finally {
        await test.dispose()
      }
    },
  }
}

/** Starts an application on an engine that stays open when it stops. */
export function startOn(engine: Engine, options: StartOptions = {}): Promise<Runtime> {
  const { app = bank, faults = {}, divides = false, ...others } = options
  const { events, readModels } = faulty(engine, faults)
  const { storeId, epoch, partitions } = engine
  const roster = divides === true ? engine.roster : divides || undefined
  const own = {
    storeId,
    epoch,
    events,
    readModels,
    roster,
    partitions,
    check: () => engine.check(),
    close: async () => {},
  }
  return startRuntime(app, { engine: async () => own, ...others })
}

export type Accepted = AcceptedOutcome<Pick<LoggedEvent, 'type' | 'data'>>

export async function accepted(answer: Promise<Outcome> | Outcome): Promise<Accepted> {
  const outcome = await answer
  if (outcome.outcome !== 'accepted') throw new Error(`not accepted: ${JSON.stringify(outcome)}`)
  return outcome as Accepted
}

/** Executes one after the other, and expects each to be accepted. */
export async function all(runtime: Runtime, ...messages: readonly CommandMessage[]): Promise<Accepted[]> {
  const outcomes: Accepted[] = []
  for (const message of messages) outcomes.push(await accepted(runtime.execute(message)))
  return outcomes
}

/** What became of a command, in one word. */
export const wordOf = (outcome: Outcome): string =>
  outcome.outcome === 'rejected' ? outcome.rejection.code : outcome.outcome

/** Expects every read model to be what the log makes of it: each event applied once, in the order of its stream. */
export async function expectPureFold(runtime: Runtime, events: EventStore): Promise<void> {
  await runtime.settled()
  const log = await readLog(events)
  expect(await documentsOf(runtime, Balances)).toEqual(sorted(balancesOf(log)))
  expect(await documentsOf(runtime, Transfers)).toEqual(sorted(transfersOf(log)))
}

async function documentsOf(runtime: Runtime, projection: AnyProjection): Promise<unknown[]> {
  const { documents } = await runtime.list(projection, { limit: 1000 })
  return [...documents]
}

const sorted = (documents: ReadonlyMap<string, unknown>): unknown[] =>
  [...documents].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, document]) => document)
