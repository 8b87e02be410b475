import { type EngineName, engineNames } from './engine.ts'
import type { Measured } from './measure.ts'
import { commandsOnDistinctStreams, commandsOnOneStream } from './work/commands.ts'
import { lagOfReadModel } from './work/lag.ts'
import { processesOnOneStream } from './work/processes.ts'
import { foldIntoAccounts, foldIntoDeposits, record } from './work/projections.ts'
import * as rawPostgres from './work/raw-postgres.ts'
import * as rawSqlite from './work/raw-sqlite.ts'

/** The least that is wanted: so often per second, that share of what it stands beside; and the longest p99. */
export interface Target {
  readonly perSecond?: number
  readonly share?: number
  readonly p99Ms?: number
}

/** Something to measure. `run` does it once, in a process of its own, and answers how often per second. */
export interface Work {
  readonly name: string
  readonly callers: number
  /** The engines that it is measured on; all when not given. */
  readonly engines?: readonly EngineName[]
  /** The raw limit that it stands beside: the name of a work before it. */
  readonly beside?: Partial<Record<EngineName, string>>
  readonly targets?: Partial<Record<EngineName, Target>>
  /** What `run` needs beforehand in its place, made in another process so that it leaves nothing in memory. */
  readonly prepare?: (place: string, size: number) => Promise<void>
  /** In a place of its own, see `places.ts`. */
  readonly run: (place: string, size: number) => Promise<number | Measured>
  /** How many commands, rows or events: in full, and with --quick. */
  readonly size: number
  readonly quickSize: number
}

const ACCOUNTS = 25
const MANY_ACCOUNTS = 2000
const LAG_RATE = 1000

const rawSingle = 'raw single rows'
const rawOf64 = 'raw single rows, 64 at once'
const rawBatches = 'raw batches'
const besideBatches = Object.fromEntries(engineNames.map((engine) => [engine, rawBatches]))

const rawOnPostgres = (name: string, callers: number, size: number): Work => ({
  name,
  callers,
  engines: ['postgres'],
  run: (place, rows) => rawPostgres.rawSingleRows(place, callers, rows),
  size,
  quickSize: size / 4,
})

const rawLimits: readonly Work[] = [
  {
    name: rawSingle,
    callers: 1,
    engines: ['sqlite'],
    run: rawSqlite.rawSingleRows,
    size: 8000,
    quickSize: 3000,
  },
  { name: rawBatches, callers: 1, engines: ['sqlite'], run: rawSqlite.rawBatches, size: 400_000, quickSize: 200_000 },
  rawOnPostgres(rawSingle, 1, 4000),
  rawOnPostgres(rawOf64, 64, 40_000),
  {
    name: rawBatches,
    callers: 1,
    engines: ['postgres'],
    run: rawPostgres.rawBatches,
    size: 400_000,
    quickSize: 100_000,
  },
]

const distinct = (callers: number, size: number, rest: Pick<Work, 'beside' | 'targets'>): Work => ({
  name: 'commands, each on a new stream',
  callers,
  run: (place, commands) => commandsOnDistinctStreams(place, callers, commands),
  size,
  quickSize: size / 4,
  ...rest,
})

const hot = (callers: number, size: number, targets: Work['targets']): Work => ({
  name: 'commands, all on one stream',
  callers,
  beside: besideBatches,
  targets,
  run: (place, commands) => commandsOnOneStream(place, callers, commands),
  size,
  quickSize: size / 4,
})

/** All that is measured in one process, or a few, in the order of the table. The raw limits come first. */
export const works: readonly Work[] = [
  ...rawLimits,
  distinct(1, 8000, { beside: { sqlite: rawSingle, postgres: rawSingle }, targets: { sqlite: { share: 0.6 } } }),
  distinct(64, 100_000, {
    beside: { sqlite: rawBatches, postgres: rawOf64 },
    targets: { sqlite: { perSecond: 50_000 }, postgres: { share: 2 } },
  }),
  distinct(512, 200_000, { beside: besideBatches, targets: { sqlite: { perSecond: 100_000 } } }),
  hot(64, 100_000, { sqlite: { perSecond: 50_000 }, postgres: { perSecond: 20_000 } }),
  hot(512, 200_000, { postgres: { perSecond: 20_000 } }),
  {
    name: 'commands of three processes, all on one stream',
    callers: 3 * 64,
    // A file of SQLite has one process.
    engines: ['postgres'],
    targets: { postgres: { perSecond: 500 } },
    run: (place, commands) => processesOnOneStream(place, 3, 64, commands),
    size: 30_000,
    quickSize: 6000,
  },
  {
    name: 'projection, 25 documents',
    callers: 1,
    beside: besideBatches,
    targets: { sqlite: { perSecond: 150_000 }, postgres: { perSecond: 100_000 } },
    prepare: (place, events) => record(place, events, ACCOUNTS),
    run: (place, events) => foldIntoAccounts(place, events, ACCOUNTS),
    size: 400_000,
    quickSize: 100_000,
  },
  {
    name: 'projection, a document an event',
    callers: 1,
    beside: besideBatches,
    targets: { postgres: { perSecond: 30_000 } },
    prepare: (place, events) => record(place, events, MANY_ACCOUNTS),
    run: (place, events) => foldIntoDeposits(place, events, MANY_ACCOUNTS),
    size: 200_000,
    quickSize: 50_000,
  },
  {
    name: 'fold of all history, 2,000 documents',
    callers: 1,
    engines: ['sqlite'],
    beside: besideBatches,
    targets: { sqlite: { perSecond: 100_000 } },
    prepare: (place, events) => record(place, events, MANY_ACCOUNTS),
    run: (place, events) => foldIntoAccounts(place, events, MANY_ACCOUNTS),
    size: 1_000_000,
    quickSize: 100_000,
  },
  {
    name: 'lag of a read model at 1,000 commands/s',
    callers: 1,
    targets: { postgres: { perSecond: 0.95 * LAG_RATE, p99Ms: 50 } },
    run: (place, commands) => lagOfReadModel(place, LAG_RATE, commands),
    size: 10_000,
    quickSize: 3000,
  },
]
