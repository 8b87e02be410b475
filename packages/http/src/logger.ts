import { type DestinationStream, pino } from 'pino'
import type { Logger } from 'weir/ports'

export interface LoggerOptions {
  /** `trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`; `info` if not given. */
  readonly level?: string | undefined
  /** Where lines go; standard output if not given. */
  readonly destination?: DestinationStream
}

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

/**
 * Structured logs: one line of JSON each.
 *
 * @throws when there is no such level
 * @example createLogger({ level: process.env.LOG_LEVEL })
 */
export function createLogger({ level = 'info', destination }: LoggerOptions = {}): Logger {
  if (!LEVELS.includes(level)) throw new Error(`'${level}' is no log level: use ${LEVELS.join(', ')}`)
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  }
  return destination ? pino(options, destination) : pino(options)
}
