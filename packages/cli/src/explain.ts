import { styleText } from 'node:util'
import { CliError } from './errors.ts'
import { visibleLines } from './output/visible.ts'

/** What a failed command leaves. */
export interface Explanation {
  readonly text: string
  readonly exitCode: number
}

/** Errors that say what to do next, by name: the application may have its own copy of the class. */
const speaking = new Set(['EngineError', 'DefinitionError', 'LocalCloudError'])

/** Says why a command failed: in one message, if people can put it right, else with the stack that a defect needs. */
export function explain(error: unknown): Explanation {
  if (error instanceof CliError) return { text: sentence(error.message), exitCode: error.exitCode }
  if (error instanceof Error && speaking.has(error.name)) return { text: sentence(error.message), exitCode: 1 }
  return { text: sentence(error instanceof Error ? ownStack(error) : String(error)), exitCode: 1 }
}

/** Runs what a command does. When that fails, says why and ends the process. */
export async function orExplain(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    const { text, exitCode } = explain(error)
    process.stderr.write(text)
    process.exit(exitCode)
  }
}

function sentence(message: string): string {
  return `${errorLabel()} ${visibleLines(message)}\n`
}

/** What every message about a failure begins with. */
export function errorLabel(): string {
  return styleText(['red', 'bold'], 'Error:', { stream: process.stderr })
}

/** The stack without Node's own frames, and without the name that `Error:` says already. */
function ownStack(error: Error): string {
  const lines = (error.stack ?? String(error)).split('\n').filter((line) => !/^\s+at .*\(?node:internal/.test(line))
  return lines.join('\n').replace(/^Error: /, '')
}
