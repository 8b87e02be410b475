import { expect } from 'vitest'
import type { App, CommandMessage } from 'weir'
import type { Engine, Generation } from 'weir/ports'
import type { ProjectionStatus, RebuildStatus, Runtime, RuntimeOptions } from 'weir/runtime'
import { type VirtualClock, virtualClock } from 'weir/testing'
import { bank } from './bank.ts'
import { type Faults, gate } from './faults.ts'
import { all, startOn } from './stage.ts'

/** One application in virtual time, as an operator works with it. */
export interface Operated {
  readonly runtime: Runtime
  execute(...messages: readonly CommandMessage[]): Promise<string[]>
  /** How a projection stands. */
  status(projection: string): Promise<ProjectionStatus>
  /** Waits until the rebuild of a projection stands so. */
  until(projection: string, state: RebuildStatus['state']): Promise<RebuildStatus>
  run<T>(work: Promise<T>): Promise<T>
  advance(milliseconds: number): Promise<void>
  stop(): Promise<void>
}

export interface Operating {
  readonly clock: VirtualClock
  start(app?: App, options?: Partial<RuntimeOptions> & { readonly faults?: Faults }): Promise<Operated>
}

/** Applications that follow each other on one store. Time stands still when a test is over: what still runs is as if killed. */
export function operating(engine: Engine): Operating {
  const clock = virtualClock()
  return {
    clock,
    start: async (app = bank, options = {}) =>
      operated(clock, await clock.run(startOn(engine, { app, clock, pollInterval: 500, ...options }))),
  }
}

function operated(clock: VirtualClock, runtime: Runtime): Operated {
  const run = <T>(work: Promise<T>) => clock.run(work)
  const status = async (projection: string) => {
    const found = (await run(runtime.operations.projections())).find(({ name }) => name === projection)
    return found as ProjectionStatus
  }
  return {
    runtime,
    run,
    advance: (milliseconds) => clock.advance(milliseconds),
    status,
    execute: async (...messages) => (await run(all(runtime, ...messages))).map(({ token }) => token),
    until: async (projection, state) => {
      let rebuild = await run(runtime.operations.rebuildStatus(projection))
      for (let turn = 0; turn < 1000 && rebuild.state !== state && rebuild.endedAt === undefined; turn += 1) {
        await clock.advance(10)
        rebuild = await run(runtime.operations.rebuildStatus(projection))
      }
      expect(rebuild, `the rebuild of ${projection}: ${JSON.stringify(rebuild)}`).toMatchObject({ state })
      return rebuild
    },
    stop: () => run(runtime.stop()),
  }
}

/** Generations from this number on save so many batches that make documents, and then none until the gate is opened. */
export function heldFrom(first: number, batches = 0): { readonly faults: Faults; readonly open: () => void } {
  const { opened, open } = gate()
  let left = batches
  const faults: Faults = {
    readModels: (readModels) => ({
      save: async (partition, lease, changes) => {
        const counts = isHeld(partition) && (batches === 0 || changes.documents.length > 0)
        if (counts && left-- <= 0) await opened
        return readModels.save(partition, lease, changes)
      },
    }),
  }
  const isHeld = ({ number }: Generation) => number >= first
  return { faults, open }
}
