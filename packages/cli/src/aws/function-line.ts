import type { LogLine } from '@weir/aws/local'

/**
 * What a function has written as a line of structured log that names it: its own if it was one, else what it wrote as the
 * message. Undefined for measurements, which are for CloudWatch.
 */
export function functionLine({ source, text, isFailure }: LogLine): string | undefined {
  const entry = parse(text)
  if (entry && '_aws' in entry) return undefined
  const line = entry ?? { level: isFailure ? 'error' : 'info', time: new Date().toISOString(), msg: text }
  const { level, time, msg, ...fields } = line
  return `${JSON.stringify({ level, time, function: source, ...fields, msg })}\n`
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const entry: unknown = JSON.parse(text)
    return typeof entry === 'object' && entry !== null && ('level' in entry || '_aws' in entry)
      ? { ...entry }
      : undefined
  } catch {
    return undefined
  }
}
