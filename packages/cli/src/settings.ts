import { UsageError } from './errors.ts'
import { requireDatabase } from './postgres/database-url.ts'
import { readStore, type StoreSettings } from './store.ts'

/** What the options of a command line say, as text. */
export interface Flags {
  readonly port?: string
  readonly data?: string
  readonly host?: string
  readonly pages?: string
  /** `false`: others fold projections and run policies. */
  readonly workers?: boolean
}

export type Environment = Readonly<Record<string, string | undefined>>

/** How a server is to be started. */
export interface Settings extends StoreSettings {
  /** 0: any free port. */
  readonly port: number
  /** The address to listen on. */
  readonly host: string
  /** The folder of built pages that are shown at `/`. */
  readonly pages: string | undefined
  readonly logLevel: string
  /** Whether this process folds projections and runs policies. */
  readonly works: boolean
  /** Whether clients may ask for the GraphQL schema, and people are shown GraphiQL. */
  readonly introspection: boolean
  /** Milliseconds after which the work of another process that says nothing any more is taken over. */
  readonly takeOverAfter: number
}

const defaults = { port: '3000', data: './data', host: '127.0.0.1', logLevel: 'info', takeOverAfter: '5' }
export const logLevels: readonly string[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

/**
 * Settles each setting: an option goes before the environment, that before the default. What is empty counts as not given.
 *
 * @throws UsageError that names the option or variable that makes no sense
 */
export function readSettings(flags: Flags, environment: Environment): Settings {
  const { PORT, WEIR_DATA, LOG_LEVEL, WEIR_TAKE_OVER_AFTER, GRAPHQL_INTROSPECTION, NODE_ENV } = environment
  const { workers: works = true } = flags
  const store = readStore(environment)
  if (!works) requireDatabase(store.database, '--no-workers')
  return {
    port: flags.port === undefined ? toPort(PORT || defaults.port, 'PORT') : toPort(flags.port, '--port'),
    data: flags.data === undefined ? WEIR_DATA || defaults.data : notEmpty(flags.data, '--data'),
    host: flags.host === undefined ? defaults.host : notEmpty(flags.host, '--host'),
    pages: flags.pages === undefined ? undefined : notEmpty(flags.pages, '--pages'),
    logLevel: toLogLevel(LOG_LEVEL || defaults.logLevel),
    ...store,
    works,
    introspection: toSwitch(
      GRAPHQL_INTROSPECTION || (NODE_ENV === 'production' ? 'off' : 'on'),
      'GRAPHQL_INTROSPECTION',
    ),
    takeOverAfter: toTakeOverAfter(WEIR_TAKE_OVER_AFTER || defaults.takeOverAfter),
  }
}

/** For what listens to nothing, or only to the port of an option. */
export function withoutPort(environment: Environment): Environment {
  return { ...environment, PORT: undefined }
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

function toSwitch(text: string, source: string): boolean {
  if (text === 'on' || text === 'off') return text === 'on'
  throw new UsageError(`${source} is '${text}', but it is on or off.`)
}

function toTakeOverAfter(text: string): number {
  const seconds = /^\d{1,4}(\.\d+)?$/.test(text) ? Number(text) : 0
  if (seconds >= 0.5 && seconds <= 3600) return seconds * 1000
  throw new UsageError(`WEIR_TAKE_OVER_AFTER is '${text}', but it is a number of seconds from 0.5 to 3600.`)
}

function notEmpty(text: string, source: string): string {
  if (text.trim() !== '') return text
  throw new UsageError(`${source} needs a value.`)
}
