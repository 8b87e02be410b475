import type { Command } from 'commander'
import { examples, fullName } from '../help.ts'
import { type LoadApps, loadPlaced } from './load.ts'

export const appArgument = ['[app]', 'file or folder that exports an application, or several', '.'] as const

/** What a command does with applications; `name` is how it was typed. */
export type AppsAction<F> = (load: LoadApps, flags: F, name: string) => Promise<void>

/**
 * Lets a command be about the applications that its argument names, or, in a program that has applications of its own,
 * about these.
 */
export function aboutApps<F>(command: Command, own: LoadApps | undefined, action: AppsAction<F>): Command {
  const name = fullName(command)
  if (own) return command.action((flags: F) => action(own, flags, name))
  return command
    .argument(...appArgument)
    .action((path: string, flags: F) => action(() => loadPlaced(path, name), flags, name))
}

/** Examples of such a command: alone, and with options. */
export function appExamples(command: Command, own: LoadApps | undefined, options: readonly string[]): string {
  const name = fullName(command)
  const app = own ? '' : ' src/app.ts'
  return examples([name, ...options.map((each) => `${name}${app} ${each}`)])
}
