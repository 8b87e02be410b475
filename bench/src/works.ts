import { commandsOnDistinctStreams, commandsOnOneStream } from './work/commands.ts'
import { foldIntoAccounts, foldIntoDeposits, record } from './work/projections.ts'
import { rawBatches, rawSingleRows } from './work/raw.ts'

/** Something to measure. `run` does it once, in a process of its own, and answers how often per second. */
export interface Work {
  readonly name: string
  readonly callers: number
  /** The raw limit that it stands beside. */
  readonly beside: 'raw single rows' | 'raw batches' | undefined
  /** The least that is wanted: so often per second, or that share of what it stands beside. */
  readonly target: { readonly perSecond?: number; readonly share?: number } | undefined
  /** What `run` needs beforehand in its folder, made in another process so that it leaves nothing in memory. */
  readonly prepare?: (directory: string, size: number) => Promise<void>
  readonly run: (directory: string, size: number) => Promise<number>
  /** How many commands, rows or events: in full, and with --quick. */
  readonly size: number
  readonly quickSize: number
}

const ACCOUNTS = 25
const MANY_ACCOUNTS = 2000

const distinct = (callers: number, size: number, target: Work['target'], beside: Work['beside']): Work => ({
  name: 'commands, each on a new stream',
  callers,
  beside,
  target,
  run: (_, commands) => commandsOnDistinctStreams(callers, commands),
  size,
  quickSize: size / 4,
})

const hot = (callers: number, size: number, target: Work['target']): Work => ({
  name: 'commands, all on one stream',
  callers,
  beside: 'raw batches',
  target,
  run: (_, commands) => commandsOnOneStream(callers, commands),
  size,
  quickSize: size / 4,
})

/** All that is measured in one process, in the order of the table. The raw limits come first. */
export const works: readonly Work[] = [
  {
    name: 'raw single rows',
    callers: 1,
    beside: undefined,
    target: undefined,
    run: (_, rows) => rawSingleRows(rows),
    size: 8000,
    quickSize: 3000,
  },
  {
    name: 'raw batches',
    callers: 1,
    beside: undefined,
    target: undefined,
    run: (_, rows) => rawBatches(rows),
    size: 400_000,
    quickSize: 200_000,
  },
  distinct(1, 8000, { share: 0.6 }, 'raw single rows'),
  distinct(64, 100_000, { perSecond: 50_000 }, 'raw batches'),
  distinct(512, 200_000, { perSecond: 100_000 }, 'raw batches'),
  hot(64, 100_000, { perSecond: 50_000 }),
  hot(512, 200_000, undefined),
  {
    name: 'projection, 25 documents',
    callers: 1,
    beside: 'raw batches',
    target: { perSecond: 150_000 },
    prepare: (directory, events) => record(directory, events, ACCOUNTS),
    run: (directory, events) => foldIntoAccounts(directory, events, ACCOUNTS),
    size: 400_000,
    quickSize: 100_000,
  },
  {
    name: 'projection, a document an event',
    callers: 1,
    beside: 'raw batches',
    target: undefined,
    prepare: (directory, events) => record(directory, events, MANY_ACCOUNTS),
    run: (directory, events) => foldIntoDeposits(directory, events, MANY_ACCOUNTS),
    size: 200_000,
    quickSize: 50_000,
  },
  {
    name: 'fold of all history, 2,000 documents',
    callers: 1,
    beside: 'raw batches',
    target: { perSecond: 100_000 },
    prepare: (directory, events) => record(directory, events, MANY_ACCOUNTS),
    run: (directory, events) => foldIntoAccounts(directory, events, MANY_ACCOUNTS),
    size: 1_000_000,
    quickSize: 100_000,
  },
]
