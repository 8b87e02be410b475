import type { App } from '../definitions/index.ts'
import { memoryEngine } from '../engines/memory/index.ts'
import type { AppendResult, Engine, EventStore, ReadModelStore } from '../ports/index.ts'
import { seededIdentity, type VirtualClock, virtualClock } from '../testing/index.ts'
import { encodeCommit, encodeEvent } from './codec.ts'
import type { RuntimeOptions } from './options.ts'
import { startRuntime } from './runtime.ts'
import type { Runtime } from './types.ts'

/** One store in memory, in virtual time, and a way to start applications on it whose store misbehaves. */
export class World {
  readonly clock: VirtualClock = virtualClock()
  readonly #identity = seededIdentity(1, this.clock)
  readonly engine: Engine

  private constructor(engine: Engine) {
    this.engine = engine
  }

  /** @param partitions into how many projections are divided */
  static async make(partitions = 1): Promise<World> {
    return new World(await memoryEngine({ identity: seededIdentity(2, virtualClock()), partitions })('world'))
  }

  get events(): EventStore {
    return this.engine.events
  }

  /** Starts an application; `faults` replaces methods of its stores. */
  start(app: App, faults: Faults = {}, options: Partial<RuntimeOptions> = {}): Promise<Runtime> {
    const events = withMethods(this.engine.events, faults.events?.(this.engine.events) ?? {})
    const readModels = withMethods(this.engine.readModels, faults.readModels?.(this.engine.readModels) ?? {})
    const engine = async () => ({ ...this.engine, events, readModels, ...faults.engine })
    return this.clock.run(startRuntime(app, { engine, clock: this.clock, identity: this.#identity, ...options }))
  }

  run<T>(work: Promise<T>): Promise<T> {
    return this.clock.run(work)
  }

  /** Appends an event as another process would, expecting that the stream is at a version. */
  async behind(stream: string, version: number, type: string, data: object): Promise<AppendResult> {
    const metadata = {
      commandId: 'x',
      correlationId: 'x',
      causationId: 'x',
      traceparent: undefined,
      actor: undefined,
    }
    const payload = encodeCommit('2030-01-01T00:00:00.000Z', [encodeEvent('x', type, data, metadata)])
    return this.raw(stream, version, payload)
  }

  /** The same with a payload that may hold anything. */
  async raw(stream: string, version: number, payload: string): Promise<AppendResult> {
    const streams = [{ stream, expected: version || ('absent' as const), count: 1, payload }]
    const [result] = await this.events.append([{ streams, commands: [] }])
    return result as AppendResult
  }
}

export interface Faults {
  readonly events?: (events: EventStore) => Partial<EventStore>
  readonly readModels?: (readModels: ReadModelStore) => Partial<ReadModelStore>
  readonly engine?: Partial<Pick<Engine, 'check' | 'close'>>
}

/** The same object with some of its methods replaced. */
function withMethods<T extends object>(target: T, methods: Partial<T>): T {
  return new Proxy(target, {
    get: (_, name) => {
      const value: unknown = Reflect.get(name in methods ? methods : target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

/** A promise, and what it waits for. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { opened: promise, open: resolve }
}

/** What rejects as a store does that cannot be used. */
export async function broken(): Promise<never> {
  throw new Error('disk full')
}
