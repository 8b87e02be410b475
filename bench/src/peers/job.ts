/** The works, by the word that they have in results.json. */
export const workNames = ['create', 'contention', 'long', 'projection', 'rebuild', 'http', 'growth'] as const
export type WorkName = (typeof workNames)[number]

/** What peers are measured on: what `bench` knows, and what only some of the peers have. */
export const engineNames = ['sqlite', 'postgres', 'dynamodb', 'memory'] as const
export type PeerEngine = (typeof engineNames)[number]

export type System = 'weir' | 'emmett' | 'castore' | 'raw'

/** One step of one work, for the process that does it. */
export interface Job {
  readonly step: 'prepare' | 'run'
  readonly work: WorkName
  readonly engine: PeerEngine
  readonly variant?: string
  readonly callers: number
  /** How many commands at most; they end earlier when `seconds` are over. */
  readonly size: number
  /** How many events are in the store before, or at most. */
  readonly events: number
  readonly seconds: number
  /** The module of the contender, relative to this folder. */
  readonly module: string
  readonly setting: string
  readonly place: string
}

/** What one run found. `count` things were done. */
export interface Found {
  readonly variant?: string
  readonly count: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Of the process that did it, when that is another one than the child. */
  readonly rssMb?: number
  /** Calls that failed and were tried again, by their error. */
  readonly failures?: Readonly<Record<string, number>>
}

/** What a child tells its parent: its figures, or the error that stands in the report, with what was tried again before. */
export type Answer = { readonly found: readonly Found[]; readonly rssMb: number } | NoFigure

/** Why there is no figure. */
export interface NoFigure extends Pick<Found, 'failures'> {
  readonly error: string
  /** Nothing was wrong with it but that its time was over: it may just be slow. */
  readonly isLate?: boolean
}

/** A line of results.json. */
export interface Row {
  readonly work: WorkName
  /** What differs among the rows of a work: few or many documents, events in the store. */
  readonly variant?: string
  readonly engine: PeerEngine
  readonly system: System
  /** What differs among the rows of a system. */
  readonly setting?: string
  readonly callers: number
  /** How many callers those had that it took turns with, if not as many. */
  readonly beside?: number
  readonly perSecond: number
  /** Of a call; of what is done as a whole, how long all of it took. */
  readonly p50Ms: number
  readonly p99Ms: number
  /** The largest resident memory of the process that did it, in MiB. */
  readonly rssMb: number
  /** How many runs the figures are the median of. */
  readonly runs: number
  /** The day of the last run, as `2026-11-28`. */
  readonly measured: string
  /** How many commands, events or rows a run had. */
  readonly count: number
  /** How many calls failed and were tried again, by their error. */
  readonly failures?: Readonly<Record<string, number>>
}

/** What has no figure, and why. */
export type Failure = Pick<Row, 'work' | 'variant' | 'engine' | 'system' | 'setting' | 'callers' | 'measured'> &
  NoFigure
