import { statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { locateApp } from '../apps/locate.ts'
import { untilStopped } from '../lifecycle.ts'
import { openOutput } from '../output/output.ts'
import { type Flags, readSettings } from '../settings.ts'
import { Supervisor } from './supervisor.ts'

/**
 * Serves an application and restarts it when one of its files changes, until the process is told to stop.
 *
 * @throws CliError when there is no such application, or an option makes no sense
 */
export async function dev(path: string, flags: Flags): Promise<void> {
  const { logLevel } = readSettings(flags, process.env)
  const entry = locateApp(path, 'weir dev')
  const { logger } = openOutput(logLevel)
  const supervisor = new Supervisor([path, ...asArguments(flags)], logger)
  untilStopped(Promise.resolve(supervisor), logger)
  const folder = statSync(path).isDirectory() ? path : dirname(path)
  for (const file of [entry, '.env', join(folder, 'package.json')]) supervisor.watch(resolve(file))
  supervisor.start()
}

function asArguments(flags: Flags): string[] {
  return Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)])
}
