type Log = (fields: Record<string, unknown>, message: string) => void

/** Structured logs. A pino logger fits as it is. */
export interface Logger {
  readonly debug: Log
  readonly info: Log
  readonly warn: Log
  readonly error: Log
}

const ignore: Log = () => {}

/** A logger that drops everything: for tests and libraries. */
export const silentLogger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore }
