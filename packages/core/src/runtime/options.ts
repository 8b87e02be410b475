import type { Clock, Identity, Logger, OpenEngine } from '../ports/index.ts'

/** What an application is started with. */
export interface RuntimeOptions {
  /** Where data is kept: `memoryEngine()`, `sqliteEngine({ directory })`. */
  readonly engine: OpenEngine
  readonly logger?: Logger
  /** Time and scheduling; the machine's if not given. */
  readonly clock?: Clock
  /** Ids and chance; the machine's if not given. */
  readonly identity?: Identity
  /** How many aggregates' states are kept in memory; 10,000 if not given. */
  readonly cachedStates?: number
  /** Milliseconds between looks at the feed when nothing wakes a projection; 1,000 if not given. */
  readonly pollInterval?: number
}
