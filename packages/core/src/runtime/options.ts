import type { Provision } from '../definitions/index.ts'
import type { Clock, Identity, Logger, OpenEngine } from '../ports/index.ts'

/** What an application is started with. */
export interface RuntimeOptions {
  /** Where data is kept: `memoryEngine()`, `sqliteEngine({ directory })`, `postgresEngine({ url })`. */
  readonly engine: OpenEngine
  readonly logger?: Logger
  /** What the services that policies declare are implemented by: `[provide(PaymentGateway, gateway)]`. */
  readonly services?: readonly Provision[]
  /** Milliseconds for which a generation that served is kept after another took its place; 24 hours if not given. */
  readonly keepPrevious?: number
  /** Time and scheduling; the machine's if not given. */
  readonly clock?: Clock
  /** Ids and chance; the machine's if not given. */
  readonly identity?: Identity
  /** How many aggregates' states are kept in memory; 10,000 if not given. */
  readonly cachedStates?: number
  /**
   * Whether this process folds projections and runs policies; else others have to. It does if not given. `on demand`: only
   * in calls of `onDemand`, and nothing runs between them.
   */
  readonly works?: boolean | 'on demand'
  /**
   * Where consumers run on demand: called with the name of a projection when an operator wants it rebuilt, so that whoever
   * folds it can be started. It may be called while that is under way. A process with it rests, also with `works: false`.
   */
  readonly onRebuildWanted?: (projection: string) => void | Promise<void>
  /**
   * Where processes share the work: milliseconds after which the share of one that says nothing any more is taken over;
   * 5,000 if not given.
   */
  readonly takeOverAfter?: number
  /** Milliseconds between looks at the feed when nothing wakes a projection; 1,000 if not given. */
  readonly pollInterval?: number
}
