import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** What one measurement found. */
export interface Figure {
  readonly perSecond: number
  /** Largest resident memory of the process that did the work, in MiB. */
  readonly rssMb: number
}

/** How often per second `run` did one of `count` things. */
export async function perSecond(count: number, run: () => unknown): Promise<number> {
  const start = performance.now()
  await run()
  return count / ((performance.now() - start) / 1000)
}

/** Runs with an empty folder that is removed afterwards. */
export async function inTemporaryFolder<Result>(run: (directory: string) => Result | Promise<Result>): Promise<Result> {
  const directory = mkdtempSync(join(tmpdir(), 'weir-bench-'))
  try {
    return await run(directory)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Callers that each wait for their answer before they ask again. */
export async function ask(callers: number, times: number, once: (index: number) => Promise<void>): Promise<void> {
  let next = 0
  const caller = async () => {
    while (next < times) await once(next++)
  }
  await Promise.all(Array.from({ length: callers }, caller))
}

/** Runs a file of this folder in a process of its own, so that neither memory nor warm code is shared. */
export async function inOwnProcess(file: string, ...parameters: string[]): Promise<string> {
  const path = join(import.meta.dirname, file)
  const { stdout } = await promisify(execFile)(process.execPath, [...process.execArgv, path, ...parameters])
  return stdout
}

/** The figure in the middle. */
export function medianOf<F extends Figure>(figures: readonly F[]): F {
  const sorted = [...figures].sort((a, b) => a.perSecond - b.perSecond)
  const middle = sorted[Math.floor(sorted.length / 2)]
  if (!middle) throw new Error('there is no figure')
  return middle
}
