import { UsageError } from './errors.ts'

/** What the options of a command line say, as text. */
export interface Flags {
  readonly port?: string
  readonly data?: string
  readonly host?: string
}

export type Environment = Readonly<Record<string, string | undefined>>

/** How a server is to be started. */
export interface Settings {
  /** 0: any free port. */
  readonly port: number
  /** The folder of the databases. */
  readonly data: string
  /** The address to listen on. */
  readonly host: string
  readonly logLevel: string
}

const defaults = { port: '3000', data: './data', host: '127.0.0.1', logLevel: 'info' }
export const logLevels: readonly string[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

/**
 * Settles each setting: an option goes before the environment, that before the default. What is empty counts as not given.
 *
 * @throws UsageError that names the option or variable that makes no sense
 */
export function readSettings(flags: Flags, environment: Environment): Settings {
  const { PORT, WEIR_DATA, LOG_LEVEL } = environment
  return {
    port: flags.port === undefined ? toPort(PORT || defaults.port, 'PORT') : toPort(flags.port, '--port'),
    data: flags.data === undefined ? WEIR_DATA || defaults.data : notEmpty(flags.data, '--data'),
    host: flags.host === undefined ? defaults.host : notEmpty(flags.host, '--host'),
    logLevel: toLogLevel(LOG_LEVEL || defaults.logLevel),
  }
}

function toPort(text: string, source: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw new UsageError(`${source} is '${text}', but a port is a number from 0 (any free one) to 65535.`)
}

function toLogLevel(text: string): string {
  const level = text.toLowerCase()
  if (logLevels.includes(level)) return level
  throw new UsageError(`LOG_LEVEL is '${text}', but it has to be one of ${logLevels.join(', ')}.`)
}

function notEmpty(text: string, source: string): string {
  if (text.trim() !== '') return text
  throw new UsageError(`${source} needs a value.`)
}
