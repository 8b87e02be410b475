/**
 * The consumers of an application whose process rests between calls, as a function in the cloud does: it is started with
 * `works: 'on demand'`, and whoever calls it says what to do.
 *
 * 1. Nothing runs between calls: no timer, no look at the feed. What a call begins it finishes, saves and lets go.
 * 2. (G4, G5) Calls may come at any time, twice, and to several processes at once: leases decide who goes on. A call that
 *    is killed is as if it had stopped at its last save.
 * 3. Projections and policies are named. A name that the application has not is refused (`OperationRefused`).
 * 4. When the store fails, a call rejects with an `UnavailableError`: it can be made again.
 */
export interface OnDemand {
  /**
   * Folds a partition of the generation that serves, up to the end of the feed. What is parked stays parked, and is no
   * failure of the call.
   *
   * @example await runtime.onDemand?.fold('concerts', 0, { deadline: Date.now() + 20_000 })
   */
  fold(projection: string, partition: number, options?: WorkOptions): Promise<FoldOutcome>
  /**
   * Reacts to all that the feed has for a policy, tries again what is due, and fires the timers that are. What is due
   * within a moment is waited for. Handlers that are under way when time is up get three seconds more.
   */
  react(policy: string, options?: WorkOptions): Promise<Reacted>
  /** What there is to do at the moment, found out without doing anything: for a look every minute. */
  due(): Promise<DueWork>
  /**
   * Makes all projections and policies known in the store, for a deployment: what is recorded from now on is the business
   * of a policy that is new. Names the projections whose definition has changed, and that have to be rebuilt.
   */
  introduce(): Promise<{ readonly rebuilds: readonly string[] }>
  /**
   * Finds what is to be rebuilt of a projection: what operators have asked for, or the generation of a changed definition,
   * which is made if need be. Called again it answers the same (G9).
   */
  prepare(projection: string): Promise<Prepared>
  /** Folds a partition of the generation under construction, up to the end of the feed. */
  foldRebuild(projection: string, partition: number, options?: CallOptions): Promise<RebuildOutcome>
  /**
   * Lets the generation under construction serve, if it may; folds what has come meanwhile, also what calls of `fold` that were
   * under way have given to the one before. `behind`: that is not done.
   */
  switchOver(projection: string, options?: CallOptions): Promise<SwitchOutcome>
  /**
   * Names the projections whose rebuild has not moved for so many milliseconds: nobody works on it any more. How far they are is
   * noted in the store, so that it does not matter which process looks, and how often. One is named again after as long a while.
   */
  stalledRebuilds(patience: number): Promise<string[]>
  /** Drops generations whose time is over: for a look every minute. */
  tidy(): Promise<void>
}

/** How long a call may take: as long as there is something to do, if nothing is given. */
export interface CallOptions {
  /** When it has to come to its end, in milliseconds since the epoch. What is in hand then is finished and saved. */
  readonly deadline?: number
  /** Ends it as if its time were up. */
  readonly signal?: AbortSignal
}

export interface WorkOptions extends CallOptions {
  /**
   * (G10) For when calls were killed by something that they handle: one thing at a time is handled, and noted before. What
   * was begun so often (twice, if only `true` is given) and never came to its end is parked without being read.
   */
  readonly careful?: boolean | { readonly begun: number }
}

/**
 * `more`: time was up. `taken`: another worker has taken the partition over, and goes on. `frozen`: the generation that
 * serves was made by another definition; it is read as it is until a rebuild is done.
 */
export type FoldOutcome = 'caught-up' | 'more' | 'taken' | 'frozen'

export interface Reacted {
  /** As above. */
  readonly outcome: 'caught-up' | 'more' | 'taken'
  /** What is due next without anything being recorded, if it is known. */
  readonly next: NextDue | undefined
}

/** A timer, or another attempt of what has failed. */
export interface NextDue {
  readonly kind: 'timer' | 'retry'
  /** Milliseconds since the epoch. */
  readonly at: number
}

export interface DueWork {
  /** Partitions of generations that serve, behind whose cursors the feed has something, or in which something can go on. */
  readonly projections: readonly { readonly projection: string; readonly partition: number }[]
  /** Policies for which the feed has something, or that have something to try again, or a timer that is due. */
  readonly policies: readonly string[]
}

/** `stopped`: operators have stopped the rebuild; it goes on when they say so. */
export type Prepared =
  | { readonly outcome: 'prepared'; readonly generation: number; readonly partitions: readonly number[] }
  | { readonly outcome: 'nothing' | 'stopped' }

/** `more`: time was up, or another worker has it. `stopped`: there is nothing to be rebuilt any more, or not now. */
export type RebuildOutcome = 'caught-up' | 'more' | 'stopped'

/**
 * `behind`: the generation has to be folded further. `blocked`: streams are parked in it that are not in the one that
 * serves, and that nobody has accepted. `stopped`: operators have stopped it. `nothing`: nothing is under construction.
 */
export type SwitchOutcome = 'serving' | 'behind' | 'blocked' | 'stopped' | 'nothing'
