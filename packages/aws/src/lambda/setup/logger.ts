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
    write(`${textOf({ level: at, time, ...fields, msg: message })}\n`)
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

/** Whoever logs goes on, whatever was thrown: errors of other libraries may hold what leads back to itself. */
function textOf(line: Record<string, unknown>): string {
  try {
    return JSON.stringify(line, withErrors)
  } catch {
    return JSON.stringify(Object.fromEntries(Object.entries(line).map(([name, value]) => [name, plain(value)])))
  }
}

function plain(value: unknown): unknown {
  if (value instanceof Error) return { type: value.name, message: value.message, stack: value.stack }
  if (typeof value === 'bigint') return String(value)
  return typeof value === 'object' && value !== null ? Object.prototype.toString.call(value) : value
}

function withErrors(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  if (!(value instanceof Error)) return value
  const { name, message, stack, cause, ...fields } = value
  return { type: name, message, stack, ...fields, ...(cause !== undefined && { cause }) }
}
