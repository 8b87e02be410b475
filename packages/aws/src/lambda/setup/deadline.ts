import type { Context } from 'aws-lambda'

/** Of the time that is left, so that what is in hand can be saved. */
const share = 0.75

/** When the work of an invocation has to end, in milliseconds since the epoch. */
export function deadlineWithin(context: Pick<Context, 'getRemainingTimeInMillis'>): number {
  return Date.now() + Math.floor(context.getRemainingTimeInMillis() * share)
}
