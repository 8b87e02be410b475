import type { Duration } from 'weir'

/**
 * How long an order may wait to be paid: `PAYMENT_TIMEOUT_SECONDS`, else 15 minutes. Asked for late, so that the
 * environment may be set after this file was loaded.
 *
 * @throws Error when it is no number of seconds
 */
export function paymentTimeout(): Duration {
  const seconds = process.env.PAYMENT_TIMEOUT_SECONDS || '900'
  if (/^\d{1,9}$/.test(seconds)) return `${Number(seconds)} seconds`
  throw new Error(`PAYMENT_TIMEOUT_SECONDS is '${seconds}': it has to be a whole number of seconds`)
}
