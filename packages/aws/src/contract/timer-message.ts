/**
 * Messages to a policy's timer queue: something of it will be due. They come `DelaySeconds` later, 15 minutes at most; what is due
 * later than that is found by the sweep. They are doorbells, too: a policy looks itself for what is due.
 */
export interface TimerMessage {
  readonly app: string
  readonly policy: string
  /** When it is due, ISO 8601, for logs. */
  readonly due: string
}

/** The longest delay that SQS knows. */
export const longestDelaySeconds = 900

/** For how many seconds a message waits until something is due; undefined when the sweep has to find it. */
export function delaySecondsUntil(due: number, now: number): number | undefined {
  const seconds = Math.max(0, Math.ceil((due - now) / 1000))
  return seconds <= longestDelaySeconds ? seconds : undefined
}
