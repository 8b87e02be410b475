import type { Logger } from 'weir/ports'

/** A logger that keeps its lines. */
export function memoryLogger(): { logger: Logger; lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = []
  const keep = (level: string) => (fields: Record<string, unknown>, message: string) => {
    lines.push({ level, message, ...fields })
  }
  const logger = { debug: keep('debug'), info: keep('info'), warn: keep('warn'), error: keep('error') }
  return { logger, lines }
}
