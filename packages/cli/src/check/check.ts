import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { sqliteEngine } from '@weir/engine-sqlite'
import type { App } from 'weir'
import { checkHistory, type HistoryReport } from 'weir/runtime'
import { loadApps } from '../apps/load.ts'
import { show } from '../apps/locate.ts'
import { loadEnvironment } from '../environment.ts'
import { CliError, UsageError } from '../errors.ts'
import { progressOn } from '../ops/bar.ts'
import { say, sayJson } from '../ops/print.ts'
import { readSettings } from '../settings.ts'
import { isClean } from './findings.ts'
import { linesOf } from './report.ts'

export interface CheckFlags {
  readonly data?: string
  readonly mayDiffer?: readonly string[]
  readonly json?: true
}

/** What was found for one application. */
export interface AppReport extends HistoryReport {
  readonly app: string
}

/**
 * Tries definitions on the recorded history. Answers the exit code.
 *
 * @throws CliError or EngineError when there is nothing to try them on, or a store cannot be read
 */
export async function check(path: string, flags: CheckFlags): Promise<number> {
  loadEnvironment()
  const { data } = readSettings(flags.data === undefined ? {} : { data: flags.data }, process.env)
  const { apps } = await loadApps(path)
  const { mayDiffer = [] } = flags
  refuseUnknown(mayDiffer, apps)
  const directory = resolve(data)
  const stored = apps.filter(({ name }) => existsSync(join(directory, `${name}.db`)))
  if (stored.length === 0) throw noStore(apps, directory)
  const reports: AppReport[] = []
  for (const app of stored) {
    const report = { app: app.name, ...(await checkApp(app, directory, flags)) }
    if (!flags.json) for (const line of linesOf(report, mayDiffer)) say(line)
    reports.push(report)
  }
  if (flags.json) sayJson(reports)
  else
    for (const { name } of apps) if (!reports.some(({ app }) => app === name)) say(`${name}: nothing is recorded yet`)
  return reports.every((report) => isClean(report, mayDiffer)) ? 0 : 1
}

async function checkApp(app: App, directory: string, { json }: CheckFlags): Promise<HistoryReport> {
  const engine = await sqliteEngine({ directory, readOnly: true, pinned: true })(app.name)
  // Only a bar: lines would stand among the findings.
  const progress = json || !process.stderr.isTTY ? undefined : progressOn(process.stderr)
  const stage = { eventsPerSecond: 0, secondsLeft: undefined }
  try {
    return await checkHistory(app, { engine, onProgress: (at) => progress?.show({ ...at, ...stage }) })
  } finally {
    progress?.end()
    await engine.close()
  }
}

function refuseUnknown(names: readonly string[], apps: readonly App[]): void {
  const known = apps.flatMap(({ projections }) => projections.map(({ name }) => name))
  const unknown = names.find((name) => !known.includes(name))
  if (unknown === undefined) return
  throw new UsageError(`--may-differ names '${unknown}', but the projections are ${known.join(', ')}.`)
}

function noStore(apps: readonly App[], directory: string): CliError {
  const names = apps.map(({ name }) => `${name}.db`).join(', ')
  return new CliError(`There is no ${names} in ${show(directory)}. Say where the data is with --data.`)
}
