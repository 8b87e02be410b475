/**
 * The processes that work on one store. It only helps them to divide the work: that two never do the same is up to leases.
 *
 * 1. It needs no clock: who is there says so again and again, and is counted. Whose count stands still is gone, as others
 *    see by their own clocks.
 */
export interface Roster {
  /** Enters a process, or counts once more that it is there. Resolves to all that are entered, in no order. */
  attend(id: string, skills: string): Promise<Attendance[]>
  /** Takes a process out, whoever it is; one that is not there is fine. */
  leave(id: string): Promise<void>
}

/** A process as it is entered. */
export interface Attendance {
  readonly id: string
  /** What it can do, in words of the runtime's. */
  readonly skills: string
  /** How often it has said that it is there. */
  readonly count: number
}
