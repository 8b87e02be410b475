import type { Logger } from '../ports/index.ts'

/** A logger whose every line names the application: several may share one process, and one log. */
export function appLogger(logger: Logger, app: string): Logger {
  return {
    debug: (fields, message) => logger.debug({ app, ...fields }, message),
    info: (fields, message) => logger.info({ app, ...fields }, message),
    warn: (fields, message) => logger.warn({ app, ...fields }, message),
    error: (fields, message) => logger.error({ app, ...fields }, message),
  }
}
