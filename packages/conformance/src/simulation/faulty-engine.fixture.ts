import type { Clock, Engine, EventStore, ReadModelStore, Roster } from 'weir/ports'

/** One process's way to a store: slow, unreliable, and gone when the process is killed. */
export interface FaultyEngine {
  readonly engine: Engine
  /** From now on no call takes effect any more, and none comes back. */
  kill(): void
}

export interface Weather {
  readonly random: () => number
  /** How likely a call is to be slow, and how likely it is to fail, before it took effect or after. */
  readonly slow: number
  readonly failing: number
}

/** @param underneath the store, which all processes share */
export function faultyEngine(underneath: Engine, clock: Clock, weather: () => Weather): FaultyEngine {
  let isAlive = true
  const wait = (milliseconds: number) => new Promise<void>((resolve) => clock.after(milliseconds, resolve))
  const meetsFault = async () => {
    const { random, slow, failing } = weather()
    if (random() < slow) await wait(Math.floor(random() * 40))
    if (random() < failing) throw new Error('simulated fault')
  }
  const whenAlive = async () => {
    if (!isAlive) await new Promise<never>(() => {})
  }
  const call = async <T>(effect: () => Promise<T>): Promise<T> => {
    await meetsFault()
    await whenAlive()
    const result = await effect()
    await meetsFault()
    await whenAlive()
    return result
  }
  const engine: Engine = {
    storeId: underneath.storeId,
    epoch: underneath.epoch,
    events: faultyEvents(underneath.events, call, weather),
    readModels: faultyReadModels(underneath.readModels, call),
    roster: underneath.roster && faultyRoster(underneath.roster, call),
    partitions: underneath.partitions,
    check: async () => {},
    close: async () => {},
  }
  return {
    engine,
    kill: () => {
      isAlive = false
    },
  }
}

type Call = <T>(effect: () => Promise<T>) => Promise<T>

/** Its feed comes in small pages, and it does not always tell of what was appended. */
function faultyEvents(events: EventStore, call: Call, weather: () => Weather): EventStore {
  return {
    limits: events.limits,
    append: (group) => call(() => events.append(group)),
    readStream: (...place) => call(() => events.readStream(...place)),
    streams: (...query) => call(() => events.streams(...query)),
    findCommand: (...command) => call(() => events.findCommand(...command)),
    commands: (...page) => call(() => events.commands(...page)),
    loadSnapshot: (...snapshot) => call(() => events.loadSnapshot(...snapshot)),
    saveSnapshot: (...snapshot) => call(() => events.saveSnapshot(...snapshot)),
    readFeed: (cursor, limit, part) => {
      const size = 1 + Math.floor(weather().random() * 6)
      return call(() => events.readFeed(cursor, Math.min(size, limit), part))
    },
    feedEnd: () => call(() => events.feedEnd()),
    covers: (...place) => events.covers(...place),
    locate: (...position) => call(() => events.locate(...position)),
    progress: (cursor) => call(() => events.progress(cursor)),
    onAppended: (listener) =>
      events.onAppended(() => {
        const { random, failing } = weather()
        if (random() >= failing) listener()
      }),
  }
}

function faultyReadModels(readModels: ReadModelStore, call: Call): ReadModelStore {
  return {
    models: () => call(() => readModels.models()),
    generations: (model) => call(() => readModels.generations(model)),
    create: (...model) => call(() => readModels.create(...model)),
    open: (partition) => call(() => readModels.open(partition)),
    serve: (...generation) => call(() => readModels.serve(...generation)),
    accept: (...streams) => call(() => readModels.accept(...streams)),
    mark: (...state) => call(() => readModels.mark(...state)),
    drop: (generation) => call(() => readModels.drop(generation)),
    load: (...ids) => call(() => readModels.load(...ids)),
    loadWaiting: (of) => call(() => readModels.loadWaiting(of)),
    loadDiscarded: (model) => call(() => readModels.loadDiscarded(model)),
    save: (...changes) => call(() => readModels.save(...changes)),
    get: (...id) => call(() => readModels.get(...id)),
    list: (...query) => call(() => readModels.list(...query)),
  }
}

function faultyRoster(roster: Roster, call: Call): Roster {
  return {
    attend: (...member) => call(() => roster.attend(...member)),
    leave: (id) => call(() => roster.leave(id)),
  }
}
