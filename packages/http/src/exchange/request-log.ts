import type { Logger } from 'weir/ports'
import { BadRequestError, OperationRefused } from 'weir/runtime'
import type { Exchange } from './exchange.ts'

/** How a request ended. */
export interface Ending {
  readonly app: string | undefined
  readonly status: number
  /** Of the problem that was answered, if it was one. */
  readonly code: string | undefined
  /** What its handler threw, if it did. */
  readonly error: unknown
}

const UNAVAILABLE = 503

/**
 * Writes one line a request: defects as errors with their stack, what could not be served now as warnings, refused
 * writes for information, the rest for debugging. Query strings are left out, because they may hold personal data.
 */
export function logRequest(logger: Logger, exchange: Exchange, { app, status, code, error }: Ending): void {
  const { method, path } = exchange.request
  const ms = Math.round((performance.now() - exchange.started) * 100) / 100
  const request = { app, method, path, status, code, ms, actor: exchange.actor, requestId: exchange.requestId }
  const fields = error === undefined || isOfTheCaller(error) ? request : { ...request, err: error }
  if (status === UNAVAILABLE) logger.warn(fields, 'request could not be served now')
  else if (status > 499) logger.error(fields, 'request failed')
  else if (status > 399 && method !== 'GET' && method !== 'HEAD') logger.info(fields, 'request refused')
  else logger.debug(fields, 'request answered')
}

/** Thrown, but only to tell the caller what is wrong with the request: nothing is broken. */
function isOfTheCaller(error: unknown): boolean {
  return error instanceof BadRequestError || error instanceof OperationRefused
}
