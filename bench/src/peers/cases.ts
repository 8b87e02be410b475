import type { Job, PeerEngine } from './job.ts'

/** One comparison: what all who take part in it do, in turns. */
export interface Case extends Pick<Job, 'work' | 'engine' | 'variant' | 'callers' | 'size' | 'events' | 'seconds'> {
  /** How long one run may take before it counts as a failure: with what is prepared, and what is checked. */
  readonly limitSeconds: number
}

const everywhere: readonly PeerEngine[] = ['sqlite', 'postgres', 'dynamodb', 'memory']
const databases: readonly PeerEngine[] = ['sqlite', 'postgres']

/** All comparisons, in the order of the report. */
export function casesOf(quick: boolean): readonly Case[] {
  const rest = { size: 500_000, events: 0, seconds: quick ? 0.5 : 3, limitSeconds: quick ? 5 : 60 }
  return [
    ...everywhere.flatMap((engine): Case[] => [
      ...callersOn(engine, quick).map(
        (callers): Case => ({ ...rest, work: 'create', engine, callers, size: createdOn(engine) }),
      ),
      { ...rest, work: 'contention', engine, callers: 64 },
    ]),
    ...databases.flatMap((engine) => onDatabases(engine, quick)),
    // The emulator writes a long stream slowly, and Castore reads all of it for each command.
    longOn('dynamodb', quick ? 500 : 2000, quick),
  ]
}

/** The emulator takes four times as long for a write when the table's stream holds 3,000 records: so they are few there. */
const createdOn = (engine: PeerEngine): number => (engine === 'dynamodb' ? 1000 : 500_000)

/** A quick run has no time for what no target speaks of. */
function callersOn(engine: PeerEngine, quick: boolean): readonly number[] {
  return quick && !databases.includes(engine) ? [64] : [1, 64, 512]
}

function onDatabases(engine: PeerEngine, quick: boolean): Case[] {
  const whole = { engine, callers: 1, size: 1, seconds: 0, limitSeconds: quick ? 20 : 300 }
  return [
    longOn(engine, quick ? 10_000 : 100_000, quick),
    ...['few documents', 'many documents'].map(
      (variant): Case => ({ ...whole, work: 'projection', variant, events: quick ? 20_000 : 200_000 }),
    ),
    { ...whole, work: 'rebuild', variant: '2,000 documents', events: quick ? 100_000 : 1_000_000 },
    { ...growing(quick), engine, events: quick ? 10_000 : engine === 'sqlite' ? 10_000_000 : 1_000_000 },
    ...['commands', 'visible'].map((variant): Case => ({ ...over(quick), engine, variant })),
  ]
}

/** One caller, so that what the length of the stream costs is not mixed with conflicts. */
function longOn(engine: PeerEngine, events: number, quick: boolean): Case {
  const limits = { size: 10_000, seconds: quick ? 0.5 : 3, limitSeconds: quick ? 15 : 120 }
  return { work: 'long', variant: `${events.toLocaleString('en')} events`, engine, callers: 1, events, ...limits }
}

const growing = (quick: boolean) =>
  ({ work: 'growth', callers: 64, size: 50_000, seconds: quick ? 0.5 : 3, limitSeconds: quick ? 20 : 900 }) as const

const over = (quick: boolean) =>
  ({ work: 'http', callers: 64, size: 0, events: 0, seconds: quick ? 1.5 : 4, limitSeconds: quick ? 20 : 60 }) as const
