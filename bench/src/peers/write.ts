import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { engineNames, type Failure, type Row } from './job.ts'
import { plotOf } from './plot.ts'
import { type Machine, type Results, reportOf } from './report.ts'

const folder = join(import.meta.dirname, '../..')

/** Writes all that is known so far, so that a run that is broken off has not been in vain. */
export function write(results: Results): void {
  const { rows, failures, machine } = results
  writeFileSync(join(folder, 'results.json'), json(rows))
  writeFileSync(join(folder, 'results-machine.json'), json({ ...machine, failures }))
  writeFileSync(join(folder, 'RESULTS.md'), reportOf(results))
  writeFileSync(join(folder, 'results.svg'), plotOf(rows))
}

/** What was found in full runs before, with the versions of their servers; nothing, when the last run was a quick one. */
export function keptResults(): Pick<Results, 'rows' | 'failures'> & { readonly servers: Record<string, string> } {
  const files = ['results.json', 'results-machine.json'].map((name) => join(folder, name))
  if (!files.every((file) => existsSync(file))) return { rows: [], failures: [], servers: {} }
  const [rows, machine] = files.map((file) => JSON.parse(readFileSync(file, 'utf8'))) as [Row[], Machine & Kept]
  if (machine.quick) return { rows: [], failures: [], servers: {} }
  const ofThen = { measured: machine.at.slice(0, 10) }
  const servers = Object.entries(machine.versions).filter(([name]) => engineNames.some((engine) => engine === name))
  return {
    rows: rows.map((row) => ({ ...ofThen, ...row })),
    failures: machine.failures.map((failure) => ({ ...ofThen, ...failure })),
    servers: Object.fromEntries(servers),
  }
}

interface Kept {
  readonly failures: readonly Failure[]
}

function json(what: unknown): string {
  return `${JSON.stringify(what, null, 2)}\n`
}
