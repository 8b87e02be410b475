import type { Entry } from './contenders.ts'
import type { Job, PeerEngine } from './job.ts'

/** One comparison: what all who take part in it do, in turns. */
export interface Case extends Pick<Job, 'work' | 'engine' | 'variant' | 'callers' | 'size' | 'events' | 'seconds'> {
  /** How long one run may take before it is left without a figure: with what is prepared, and what is checked. */
  readonly limitSeconds: number
}

const everywhere: readonly PeerEngine[] = ['sqlite', 'postgres', 'dynamodb', 'memory']
const databases: readonly PeerEngine[] = ['sqlite', 'postgres']

/** All comparisons, in the order of the report. A quick run has few that no target speaks of, and small ones. */
export function casesOf(quick: boolean): readonly Case[] {
  return [
    ...everywhere.filter((engine) => !quick || engine !== 'memory').flatMap((engine) => commandsOn(engine, quick)),
    ...databases.flatMap((engine) => onDatabases(engine, quick)),
    // The emulator writes a long stream slowly, and Castore reads all of it for each command.
    ...(quick ? [] : [longOn('dynamodb', 2000, quick)]),
  ]
}

function commandsOn(engine: PeerEngine, quick: boolean): Case[] {
  const rest = { engine, size: 500_000, events: 0, seconds: quick ? 0.5 : 3, limitSeconds: quick ? 10 : 60 }
  return [
    ...callersOn(engine, quick).map((callers): Case => ({ ...rest, work: 'create', callers, size: createdOn(engine) })),
    { ...rest, work: 'contention', callers: 64, limitSeconds: quick ? 25 : 60 },
  ]
}

/** The emulator takes four times as long for a write when the table's stream holds 3,000 records: so they are few there. */
const createdOn = (engine: PeerEngine): number => (engine === 'dynamodb' ? 1000 : 500_000)

function callersOn(engine: PeerEngine, quick: boolean): readonly number[] {
  if (!quick) return [1, 64, 512]
  return databases.includes(engine) ? [64, 512] : [64]
}

function onDatabases(engine: PeerEngine, quick: boolean): Case[] {
  const whole = { engine, callers: 1, size: 1, seconds: 0, limitSeconds: quick ? 25 : 300 }
  const isLong = !quick || engine === 'sqlite'
  return [
    longOn(engine, quick ? 2000 : 100_000, quick),
    ...['few documents', 'many documents'].map(
      (variant): Case => ({ ...whole, work: 'projection', variant, events: quick ? 40_000 : 200_000 }),
    ),
    ...(isLong ? afterwards(engine, quick, whole) : []),
  ]
}

function afterwards(engine: PeerEngine, quick: boolean, whole: Omit<Case, 'work' | 'events'>): Case[] {
  return [
    { ...whole, work: 'rebuild', variant: '2,000 documents', events: quick ? 10_000 : 1_000_000 },
    { ...growing(quick), engine, events: quick ? 10_000 : engine === 'sqlite' ? 10_000_000 : 1_000_000 },
    ...['commands', 'visible'].map((variant): Case => ({ ...over(quick), engine, variant })),
  ]
}

/** One caller, so that what the length of the stream costs is not mixed with conflicts. */
function longOn(engine: PeerEngine, events: number, quick: boolean): Case {
  const limits = { size: 10_000, seconds: quick ? 0.5 : 3, limitSeconds: quick ? 10 : 120 }
  return { work: 'long', variant: `${events.toLocaleString('en')} events`, engine, callers: 1, events, ...limits }
}

const growing = (quick: boolean) =>
  ({ work: 'growth', callers: 64, size: 50_000, seconds: quick ? 0.5 : 3, limitSeconds: quick ? 40 : 900 }) as const

const over = (quick: boolean) =>
  ({ work: 'http', callers: 64, size: 0, events: 0, seconds: quick ? 1.5 : 4, limitSeconds: quick ? 15 : 60 }) as const

/** Whether a quick run has time for an entry: not for those of which it is known that they need long or do not end. */
export function isQuick({ system, setting }: Pick<Entry, 'system' | 'setting'>, { work, callers }: Case): boolean {
  if (system === 'raw' && work === 'create') return !setting.startsWith('1/')
  if (work === 'create' && callers === 512) return system === 'weir'
  if (work === 'contention' && setting.startsWith('without a stream')) return false
  return !['FULL', 'Pongo projection'].includes(setting)
}
