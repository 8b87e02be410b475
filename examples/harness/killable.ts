import type { Engine, OpenEngine } from 'weir/ports'

/** A process's way to a store, which can be cut off as `kill -9` does. */
export interface Killable {
  readonly engine: OpenEngine
  /** From now on no call takes effect any more, and none comes back. */
  kill(): void
}

/** What answers at once, and changes nothing. */
const SYNCHRONOUS: ReadonlySet<string | symbol> = new Set(['covers', 'onAppended'])

/**
 * The same store for a process that is going to be killed.
 *
 * @param pause waited for before and after every call, so that it may be killed there
 */
export function killable(open: OpenEngine, pause: () => Promise<void> = async () => {}): Killable {
  let isAlive = true
  const whileAlive = async <T>(call: () => Promise<T>): Promise<T> => {
    await pause()
    const result = isAlive ? await call() : undefined
    await pause()
    return isAlive ? (result as T) : new Promise<never>(() => {})
  }
  const mortal = <T extends object>(store: T): T =>
    new Proxy(store, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name)
        if (typeof method !== 'function') return method
        if (SYNCHRONOUS.has(name)) return method.bind(target)
        return (...args: unknown[]) => whileAlive(() => method.apply(target, args))
      },
    })
  return {
    engine: async (application): Promise<Engine> => {
      const engine = await open(application)
      const { storeId, epoch, events, readModels, roster, partitions } = engine
      return {
        ...{ storeId, epoch, events: mortal(events), readModels: mortal(readModels), partitions },
        roster: roster && mortal(roster),
        check: () => engine.check(),
        close: () => engine.close(),
      }
    },
    kill: () => {
      isAlive = false
    },
  }
}
