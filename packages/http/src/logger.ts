import { type DestinationStream, pino } from 'pino'
import type { Logger } from 'weir/ports'

const LEVELS = new Set(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])

export interface LoggerOptions {
  /** `debug`, `info`, `warn`, `error` or `silent`; `info` if not given. */
  readonly level?: string
  /** Where lines go; standard output if not given. */
  readonly destination?: DestinationStream
}

/**
 * Structured logs: one line of JSON each.
 *
 * @throws when there is no such level
 * @example createLogger({ level: process.env['LOG_LEVEL'] })
 */
export function createLogger({ level = 'info', destination }: LoggerOptions = {}): Logger {
  if (!LEVELS.has(level)) throw new Error(`'${level}' is no log level: use ${[...LEVELS].join(', ')}`)
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime }
  return destination ? pino(options, destination) : pino(options)
}
