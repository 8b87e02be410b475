import type { PeerEngine, Row, System, WorkName } from './job.ts'

/** Which rows a target speaks of. What is not named may be anything. */
interface Which {
  readonly work: WorkName
  readonly engine: PeerEngine
  readonly callers?: number
  readonly variant?: string
  /** How its setting begins. */
  readonly setting?: string
}

/** What is to be reached: Weir's rate as a multiple of the best of another system's, or of its own in another row. */
interface Target {
  readonly name: string
  readonly of: Which
  readonly beside: Which & { readonly system: System }
  readonly times: number
  /** A quick run does not grow a store so far. */
  readonly isFullOnly?: boolean
}

export interface Judged {
  readonly target: Target
  /** What Weir was judged beside: the quickest of the other system's rows. */
  readonly beside: Row | undefined
  /** Undefined when one of the two has no figure. */
  readonly times: number | undefined
  readonly met: boolean | undefined
}

const create = (engine: PeerEngine, callers: number): Which => ({ work: 'create', engine, callers })
const contention = (engine: PeerEngine): Which => ({ work: 'contention', engine, callers: 64 })

function besidePeer(name: string, of: Which, system: System, times: number): Target {
  return { name, of, beside: { ...of, system }, times }
}

function besideRaw(name: string, of: Which, setting: string, times: number): Target {
  const { work, engine } = of
  return { name, of, beside: { work, engine, setting, system: 'raw' }, times }
}

/** All that is to be reached. */
const targets: readonly Target[] = [
  besidePeer('SQLite: commands on new streams, 64 callers', create('sqlite', 64), 'emmett', 50),
  besidePeer('SQLite: commands on one stream, 64 callers', contention('sqlite'), 'emmett', 100),
  besidePeer('PostgreSQL: commands on new streams, 64 callers', create('postgres', 64), 'emmett', 8),
  besidePeer('PostgreSQL: commands on one stream, 64 callers', contention('postgres'), 'emmett', 100),
  ...(['sqlite', 'postgres'] as const).flatMap((engine) =>
    ['few documents', 'many documents'].map((variant) =>
      besidePeer(`Projection on ${engine}, ${variant}`, { work: 'projection', engine, variant }, 'emmett', 3),
    ),
  ),
  besidePeer('DynamoDB: commands on new streams, 64 callers', create('dynamodb', 64), 'castore', 2),
  besidePeer('DynamoDB: commands on one stream, 64 callers', contention('dynamodb'), 'castore', 20),
  besidePeer('HTTP commands', { work: 'http', engine: 'sqlite', variant: 'commands' }, 'raw', 0.6),
  {
    name: 'SQLite: an append with 10^7 events in the store, beside 10^4',
    of: { work: 'growth', engine: 'sqlite', variant: 'append at 10^7' },
    beside: { work: 'growth', engine: 'sqlite', variant: 'append at 10^4', system: 'weir' },
    times: 1 / 1.3,
    isFullOnly: true,
  },
  besideRaw('SQLite: commands of 512 callers, beside batches of rows', create('sqlite', 512), '1,000 rows', 0.25),
  besideRaw('PostgreSQL: commands of 512 callers, beside unnest', create('postgres', 512), '1,000 rows', 0.25),
]

/** How each target stands with these rows. Of several settings of a system, the quickest counts. */
export function judge(rows: readonly Row[], quick = false): Judged[] {
  const judged = targets.filter(({ isFullOnly = false }) => !(quick && isFullOnly))
  return judged.map((target) => {
    const weir = best(rows, { ...target.of, system: 'weir' })
    const other = best(rows, target.beside)
    const times = weir && other && weir.perSecond / other.perSecond
    return { target, beside: other, times, met: times === undefined ? undefined : times >= target.times }
  })
}

function best(rows: readonly Row[], which: Which & { readonly system: System }): Row | undefined {
  return rows.filter((row) => isMeant(row, which)).toSorted((a, b) => b.perSecond - a.perSecond)[0]
}

function isMeant(row: Row, which: Which & { readonly system: System }): boolean {
  return (
    row.work === which.work &&
    row.engine === which.engine &&
    row.system === which.system &&
    (which.callers ?? row.callers) === row.callers &&
    (which.variant ?? row.variant) === row.variant &&
    (row.setting ?? '').startsWith(which.setting ?? '')
  )
}
