import type { Logger } from 'weir/ports'

const LEVELS = ['debug', 'info', 'warn', 'error'] as const

type Level = (typeof LEVELS)[number]

/**
 * Logs one line of JSON each, at once: what a frozen process keeps for later is late or lost. (pino, which servers use,
 * would make each bundle larger by what it needs for transports.)
 *
 * @param level the lowest that is told; `info` when it is none that is known
 */
export function jsonLogger(level: string | undefined, write: (line: string) => void = toStandardOutput): Logger {
  const from = lowestOf(level?.toLowerCase())
  const log = (at: Level) => (fields: Record<string, unknown>, message: string) => {
    if (LEVELS.indexOf(at) < from) return
    const time = new Date().toISOString()
    write(`${JSON.stringify({ level: at, time, ...fields, msg: message }, withErrors)}\n`)
  }
  return { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') }
}

function lowestOf(level: string | undefined): number {
  if (level === 'silent' || level === 'fatal') return LEVELS.length
  if (level === 'trace') return 0
  const found = (LEVELS as readonly (string | undefined)[]).indexOf(level)
  return found < 0 ? LEVELS.indexOf('info') : found
}

function toStandardOutput(line: string): void {
  process.stdout.write(line)
}

function withErrors(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  if (!(value instanceof Error)) return value
  const { name, message, stack, cause, ...fields } = value
  return { type: name, message, stack, ...fields, ...(cause !== undefined && { cause }) }
}
