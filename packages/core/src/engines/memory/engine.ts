import type { Engine, Identity, OpenEngine } from '../../ports/index.ts'
import { systemIdentity } from '../../ports/index.ts'
import { MemoryEventStore } from './event-store.ts'
import { MemoryReadModelStore } from './read-model-store.ts'
import { MemoryRoster } from './roster.ts'

export interface MemoryOptions {
  /** Where store ids come from: give the simulator's, and a run is the same from the same seed. */
  readonly identity?: Identity
  /**
   * Into how many partitions projections are divided; 1 if not given. With several, applications that are started on the
   * same store divide the work.
   */
  readonly partitions?: number
}

/**
 * The engine that keeps everything in memory: the reference that the other engines are measured by, and the store of
 * tests.
 *
 * @returns a function that opens the store of an application. Opening the same name again gives the same store, also
 * after `close`, so that a test can "restart" an application on what it left behind.
 * @example
 * const open = memoryEngine()
 * const engine = await open('box-office')
 */
export function memoryEngine({ identity = systemIdentity, partitions = 1 }: MemoryOptions = {}): OpenEngine {
  const engines = new Map<string, Engine>()
  return async (application) => {
    const engine = engines.get(application) ?? newEngine(identity, partitions)
    engines.set(application, engine)
    return engine
  }
}

function newEngine(identity: Identity, partitions: number): Engine {
  return {
    storeId: identity.newId(),
    epoch: identity.newId(),
    events: new MemoryEventStore(),
    readModels: new MemoryReadModelStore(),
    roster: partitions > 1 ? new MemoryRoster() : undefined,
    partitions,
    check: async () => {},
    close: async () => {},
  }
}
