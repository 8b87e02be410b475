/**
 * The state machine that rebuilds a projection (G9), and what its tasks, all of them the function `rebuild`, take and give. Outcomes are
 * those of the runtime's `onDemand` (`prepare`, `foldRebuild`, `switchOver`).
 *
 * `prepare` → for each partition: `fold` until it is no longer `more` → `switch` → end, or, while it is `behind` or `blocked`, wait, and
 * fold again. A task may be repeated at any time, also by two executions at once: the second finds what the first has done.
 * `stopped` and `nothing` end the execution. Executions have no names of ours: one that failed is started again with the same input.
 */
export interface RebuildInput {
  readonly app: string
  readonly projection: string
}

/** What the function is given, together with the input of the execution. */
export type RebuildTask = RebuildInput &
  (
    | { readonly action: 'prepare' }
    | { readonly action: 'fold'; readonly partition: number }
    | { readonly action: 'switch' }
  )

/** What `prepare` gives; partitions are empty unless it is `prepared`. */
export interface PrepareOutput {
  readonly outcome: 'prepared' | 'nothing' | 'stopped'
  readonly partitions: readonly number[]
}

/** What `fold` gives. */
export interface FoldOutput {
  readonly outcome: 'caught-up' | 'more' | 'stopped'
}

/** What `switch` gives. */
export interface SwitchOutput {
  readonly outcome: 'serving' | 'behind' | 'blocked' | 'stopped' | 'nothing'
}

/**
 * Seconds until it goes on after an outcome. Who accepts what is parked starts an execution by that; the one that waits for an
 * operator looks seldom, so that its history, of 25,000 entries at most, lasts for a day.
 */
export const waitSeconds = { behind: 1, blocked: 300 } as const
