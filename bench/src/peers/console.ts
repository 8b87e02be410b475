import { labelOf } from './compare.ts'
import type { Failure, Row } from './job.ts'
import { systemOf } from './report.ts'
import type { Judged } from './targets.ts'

/** The rows as a table for a terminal. */
export function consoleTable(rows: readonly Row[]): string {
  const header = ['', 'system', 'per second', 'p50 ms', 'p99 ms', 'RSS MiB']
  const lines = rows.map((row) => [
    labelOf(row),
    systemOf(row),
    Math.round(row.perSecond).toLocaleString('en'),
    row.p50Ms.toFixed(2),
    row.p99Ms.toFixed(2),
    row.rssMb.toFixed(0),
  ])
  const all = [header, ...lines]
  const widths = header.map((_, column) => Math.max(...all.map((line) => (line[column] ?? '').length)))
  const cell = (text: string, column: number) => {
    const width = widths[column] ?? 0
    return column < 2 ? text.padEnd(width) : text.padStart(width)
  }
  return all.map((line) => line.map(cell).join('  ').trimEnd()).join('\n')
}

/** A line for each that has no figure. */
export function consoleFailures(failures: readonly Failure[]): string[] {
  return failures.map((failure) => {
    const kind = failure.isLate ? 'late  ' : 'FAILED'
    return `${kind}  ${systemOf(failure)}, ${labelOf(failure)}: ${failure.error.replaceAll(/\s+/g, ' ').slice(0, 300)}`
  })
}

/** A line for each target that can be judged. */
export function consoleTargets(judged: readonly Judged[]): string[] {
  return judged.flatMap(({ target, times, met }) => {
    if (times === undefined) return []
    const found = `${times.toFixed(2)} × (wanted: ${target.times.toFixed(2)} ×)`
    return [`${met ? 'met   ' : 'MISSED'}  ${target.name}: ${found}`]
  })
}
