import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { testDatabase } from '../postgres/index.ts'
import { listening, logLine, type Program, root, type Server, weir } from './weir.ts'

export { execute } from '../postgres/index.ts'

export const boxOffice: string = join(root, 'examples/box-office')

/** A key of these tests' own, so that none is made. */
export const operatorKey = 'an-operator-of-the-tests'

/** The URL of an empty database that is gone when the test is finished. Call it before anything that uses it is started. */
export async function temporaryDatabase(): Promise<string> {
  const { url, drop } = await testDatabase()
  onTestFinished(drop)
  return url
}

/** The URL of a database for another role. */
export function urlFor(role: string, password: string, database: string): string {
  return Object.assign(new URL(database), { username: role, password }).href
}

/** Runs the command `weir` on a database, with all that it needs beside. */
export function weirOn(
  database: string,
  cwd: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Program {
  return weir(args, { cwd, env: { DATABASE_URL: database, WEIR_OPERATOR_KEY: operatorKey, ...env } })
}

/** Starts the box office on a database, on any free port. */
export function serveBoxOffice(database: string, cwd: string, args: readonly string[] = []): Promise<Server> {
  return listening(weirOn(database, cwd, ['start', boxOffice, '--port', '0', ...args]))
}

/** Starts a process that works on the box office, and waits until it does. */
export async function workOnBoxOffice(
  database: string,
  cwd: string,
  args: readonly string[] = [],
): Promise<{ readonly program: Program; readonly line: Record<string, unknown> }> {
  const program = weirOn(database, cwd, ['work', boxOffice, ...args], { WEIR_TAKE_OVER_AFTER: '2' })
  return { program, line: await program.until(() => logLine(program, 'working')) }
}
