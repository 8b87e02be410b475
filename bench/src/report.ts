import type { Figure } from './measure.ts'

/** A line of the table and of the JSON. */
export interface Row extends Figure {
  readonly work: string
  readonly callers: number
  /** What this is a share of, and the share. */
  readonly beside?: { readonly work: string; readonly share: number }
  readonly p50Ms?: number
  readonly p99Ms?: number
  readonly cpuMicros?: number
  readonly target?: string
  readonly met?: boolean
  readonly runs: number
}

const HEADER = [
  'work',
  'callers',
  'per second',
  'beside',
  'share',
  'p50 ms',
  'p99 ms',
  'CPU µs',
  'RSS MB',
  'target',
  '',
]

/** The rows as a table for a terminal. */
export function table(rows: readonly Row[]): string {
  const lines = [HEADER, ...rows.map(cells)]
  const widths = HEADER.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)))
  const isText = (column: number) => [0, 3, 9, 10].includes(column)
  const format = (line: readonly string[]) =>
    line.map((cell, i) => (isText(i) ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ')
  return lines.map(format).join('\n')
}

function cells(row: Row): string[] {
  return [
    row.work,
    String(row.callers),
    Math.round(row.perSecond).toLocaleString('en'),
    row.beside?.work ?? '',
    row.beside ? `${Math.round(row.beside.share * 100)} %` : '',
    row.p50Ms?.toFixed(1) ?? '',
    row.p99Ms?.toFixed(1) ?? '',
    row.cpuMicros?.toFixed(0) ?? '',
    Math.round(row.rssMb).toString(),
    row.target ?? '',
    row.met === undefined ? '' : row.met ? 'met' : 'MISSED',
  ]
}
