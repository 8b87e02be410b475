/**
 * The state machine that rebuilds a projection (G9), and what its tasks, all of them the function `rebuild`, take and give.
 *
 * `prepare` → for each partition: `fold` until it is not `unfinished` → `switch` → end, or, while it is `behind` or `blocked`, wait and
 * fold again. A task may be repeated at any time, also by two executions at once: the second finds what the first has done.
 * `cancelled` ends the execution: an operator has stopped or cancelled the rebuild, or a newer one has taken its place. Executions have no
 * names of ours: one that failed can be started again with the same input.
 */
export interface RebuildInput {
  readonly app: string
  readonly projection: string
}

export interface PrepareInput extends RebuildInput {
  readonly action: 'prepare'
}

/** What all later tasks are given, beside their own. */
export interface Prepared extends RebuildInput {
  readonly generation: number
  /** Which partitions have to be folded; none when there is nothing to rebuild. */
  readonly partitions: readonly number[]
}

export interface FoldInput extends RebuildInput {
  readonly action: 'fold'
  readonly generation: number
  readonly partition: number
}

export interface FoldOutput {
  /** `unfinished`: its time was up before the partition was caught up; it is called again. */
  readonly state: 'caught-up' | 'unfinished' | 'cancelled'
}

export interface SwitchInput extends RebuildInput {
  readonly action: 'switch'
  readonly generation: number
}

export interface SwitchOutput {
  /** `behind`: live commits came meanwhile. `blocked`: streams were newly parked, and an operator has to accept them. */
  readonly state: 'switched' | 'behind' | 'blocked' | 'cancelled'
}

export type RebuildTask = PrepareInput | FoldInput | SwitchInput

/** Seconds until a switch is tried again. */
export const waitSeconds = { behind: 1, blocked: 60 }
