import type { Engine, EventStore, ReadModelStore } from 'weir/ports'

/** Methods to be put over those of an engine's stores; each is given the store that is underneath. */
export interface Faults {
  readonly events?: (events: EventStore) => Partial<EventStore>
  readonly readModels?: (readModels: ReadModelStore) => Partial<ReadModelStore>
}

/** The same engine, misbehaving. */
export function faulty(engine: Engine, { events, readModels }: Faults): Engine {
  return withMethods(engine, {
    events: withMethods(engine.events, events?.(engine.events) ?? {}),
    readModels: withMethods(engine.readModels, readModels?.(engine.readModels) ?? {}),
  })
}

/** Feed pages of at most so many commits. */
export function cut(size: () => number): Faults {
  return {
    events: (events) => ({ readFeed: (cursor, limit, part) => events.readFeed(cursor, Math.min(limit, size()), part) }),
  }
}

/** Looks at every call of an engine: `before` it takes effect, and `after`. */
export function watched(engine: Engine, before: () => Promise<void>, after: () => Promise<void>): Engine {
  const watch = <T extends object>(store: T, names: readonly (keyof T)[]): T => {
    const methods = names.map((name) => {
      const method = store[name] as (...args: unknown[]) => Promise<unknown>
      const watchedMethod = async (...args: unknown[]) => {
        await before()
        const result = await method.apply(store, args)
        await after()
        return result
      }
      return [name, watchedMethod]
    })
    return withMethods(store, Object.fromEntries(methods))
  }
  return withMethods(engine, {
    events: watch(engine.events, ['append', 'readStream', 'findCommand', 'readFeed', 'feedEnd', 'progress']),
    readModels: watch(engine.readModels, [
      'models',
      'generations',
      'create',
      'open',
      'serve',
      'accept',
      'mark',
      'drop',
      'load',
      'loadWaiting',
      'loadDiscarded',
      'save',
      'get',
      'list',
    ]),
  })
}

/** A promise, and what it waits for. */
export interface Gate {
  readonly opened: Promise<void>
  open(): void
}

export function gate(): Gate {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { opened: promise, open: resolve }
}

/** What never comes back: a process that was killed. */
export const never: Promise<never> = new Promise(() => {})

/** A process that dies at its call number `point`, counted from 0: the calls that stop there, and when that has happened. */
export function deathAt(point: number): { readonly died: Promise<void>; readonly step: () => Promise<void> } {
  const { opened: died, open } = gate()
  let calls = 0
  const step = async () => {
    if (calls++ < point) return
    open()
    await never
  }
  return { died, step }
}

export async function broken(): Promise<never> {
  throw new Error('disk full')
}

function withMethods<T extends object>(target: T, methods: Partial<T>): T {
  return new Proxy(target, {
    get: (_, name) => {
      if (name in methods) return Reflect.get(methods, name)
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
