import type { App } from 'weir'
import type { Engine } from 'weir/ports'
import { checkHistory, type HistoryReport } from 'weir/runtime'
import type { LoadApps } from '../apps/load.ts'
import { loadEnvironment } from '../environment.ts'
import { CliError, UsageError } from '../errors.ts'
import { progressOn } from '../ops/bar.ts'
import { say, sayJson } from '../ops/print.ts'
import { readSettings, withoutPort } from '../settings.ts'
import { isClean } from './findings.ts'
import { linesOf } from './report.ts'
import { storesOf } from './stores.ts'

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
export async function check(load: LoadApps, flags: CheckFlags): Promise<number> {
  loadEnvironment()
  const settings = readSettings(flags.data === undefined ? {} : { data: flags.data }, withoutPort(process.env))
  const apps = (await load()).apps.map(({ app }) => app)
  const { mayDiffer = [] } = flags
  refuseUnknown(mayDiffer, apps)
  const stores = await storesOf(settings)
  const reports: AppReport[] = []
  for (const app of apps) {
    const engine = await stores.open(app.name)
    if (!engine) continue
    const report = { app: app.name, ...(await checkApp(app, engine, flags)) }
    if (!flags.json) for (const line of linesOf(report, mayDiffer)) say(line)
    reports.push(report)
  }
  if (reports.length === 0) throw new CliError(stores.explainNone(apps.map(({ name }) => name)))
  if (flags.json) sayJson(reports)
  else
    for (const { name } of apps) if (!reports.some(({ app }) => app === name)) say(`${name}: nothing is recorded yet`)
  return reports.every((report) => isClean(report, mayDiffer)) ? 0 : 1
}

async function checkApp(app: App, engine: Engine, { json }: CheckFlags): Promise<HistoryReport> {
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
