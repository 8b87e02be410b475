import type { Logger, OpenEngine } from 'weir/ports'
import type { Environment } from './environment.ts'
import { jsonLogger } from './logger.ts'

/** What the handlers of functions are made with, beside the applications. */
export interface FunctionOptions {
  /** Where data is kept; in tables of DynamoDB, and documents in PostgreSQL, as the environment names them, if not given. */
  readonly engine?: OpenEngine
  /** That of the process if not given. */
  readonly environment?: Environment
  /** Lines of JSON on standard output if not given. */
  readonly logger?: Logger
}

/** Options as functions use them. */
export interface Settings {
  readonly engine: OpenEngine | undefined
  readonly environment: Environment
  readonly logger: Logger
}

export function settingsOf({ engine, environment = process.env, logger }: FunctionOptions): Settings {
  return { engine, environment, logger: logger ?? jsonLogger(environment.LOG_LEVEL) }
}
