import { styleText } from 'node:util'
import { visible } from './visible.ts'

type Style = Parameters<typeof styleText>[0]

/** A text, and how it is shown. */
export interface Painted {
  readonly style: Style
  readonly text: string
}

const styles: Readonly<Record<string, Style>> = { info: 'green', warn: 'yellow', error: 'red', fatal: 'red' }

interface Entry {
  readonly level: string
  readonly time: string
  readonly msg?: string
  readonly err?: { readonly type?: string; readonly message?: string; readonly stack?: string }
  readonly [field: string]: unknown
}

/**
 * A line of structured log as people read it in a terminal: time, level, message, the other fields, then an error's stack.
 * What is no such line stays as it is.
 */
export function prettyLine(line: string): string {
  const entry = parse(line)
  if (!entry) return line
  const { level, time, msg = '', err, ...fields } = entry
  const parts = [
    paint('gray', clockTime(time)),
    paint(styles[level] ?? 'gray', level.padEnd(5)),
    visible(msg),
    ...pairs(fields),
  ]
  return `${parts.join(' ')}\n${err ? trace(err) : ''}`
}

function parse(line: string): Entry | undefined {
  try {
    const entry = JSON.parse(line)
    return typeof entry?.level === 'string' ? entry : undefined
  } catch {
    return undefined
  }
}

function clockTime(time: string): string {
  const date = new Date(time)
  const pad = (value: number, length = 2) => String(value).padStart(length, '0')
  return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}.${pad(date.getMilliseconds(), 3)}`
}

function pairs(fields: Record<string, unknown>): string[] {
  return Object.entries(fields).map(([key, value]) => {
    const text = typeof value === 'string' && /^[^\s"]+$/.test(value) ? value : JSON.stringify(value)
    return paint('gray', `${visible(key)}=`) + visible(text)
  })
}

function trace({ type = 'Error', message = '', stack }: NonNullable<Entry['err']>): string {
  const lines = (stack ?? `${type}: ${message}`).split('\n')
  return `${lines.map((line) => `  ${paint('gray', visible(line))}`).join('\n')}\n`
}

/** Colours are left out when the terminal, or NO_COLOR, wants none. */
export function paint(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout })
}
