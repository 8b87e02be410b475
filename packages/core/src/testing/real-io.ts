import type { OpenEngine } from '../ports/index.ts'

/** Calls to engines that are under way. */
let underWay = 0

/** Whether an engine is at work, for which virtual time has to wait. */
export function isWaitingForIo(): boolean {
  return underWay > 0
}

/**
 * The same stores, for tests in virtual time: what a server takes its time for is done before time moves on.
 *
 * @example const open = withRealIo(postgresEngine({ url }))
 */
export function withRealIo(open: OpenEngine): OpenEngine {
  return async (application) => {
    const engine = await counted(open(application))
    const { events, readModels, roster } = engine
    return {
      ...engine,
      events: counting(events),
      readModels: counting(readModels),
      roster: roster && counting(roster),
      check: () => counted(engine.check()),
      close: () => counted(engine.close()),
    }
  }
}

function counting<T extends object>(store: T): T {
  return new Proxy(store, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name)
      if (typeof method !== 'function') return method
      return (...args: unknown[]) => {
        const result: unknown = method.apply(target, args)
        return result instanceof Promise ? counted(result) : result
      }
    },
  })
}

async function counted<T>(work: Promise<T>): Promise<T> {
  underWay += 1
  try {
    return await work
  } finally {
    underWay -= 1
  }
}
