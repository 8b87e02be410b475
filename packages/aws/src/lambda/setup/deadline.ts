import type { Context } from 'aws-lambda'
import { systemClock } from 'weir/ports'

/** Of the time that is left, so that what is in hand can be saved. */
const share = 0.75

/** When the work of an invocation has to end, in milliseconds since the epoch by the clock of the runtime, which never goes back. */
export function deadlineWithin(context: Pick<Context, 'getRemainingTimeInMillis'>): number {
  return systemClock.now() + Math.floor(context.getRemainingTimeInMillis() * share)
}
