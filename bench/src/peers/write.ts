import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { plotOf } from './plot.ts'
import { type Results, reportOf } from './report.ts'

const folder = join(import.meta.dirname, '../..')

/** Writes all that is known so far, so that a run that is broken off has not been in vain. */
export function write(results: Results): void {
  const { rows, failures, machine } = results
  writeFileSync(join(folder, 'results.json'), json(rows))
  writeFileSync(join(folder, 'results-machine.json'), json({ ...machine, failures }))
  writeFileSync(join(folder, 'RESULTS.md'), reportOf(results))
  writeFileSync(join(folder, 'results.svg'), plotOf(rows))
}

function json(what: unknown): string {
  return `${JSON.stringify(what, null, 2)}\n`
}
