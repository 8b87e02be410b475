import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** What one run of a work found. */
export interface Measured {
  readonly perSecond: number
  readonly p50Ms?: number
  readonly p99Ms?: number
}

/** The same, and the largest resident memory of the process that did the work, in MiB. */
export interface Figure extends Measured {
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

/** Does `times` things at a steady rate, whether those before are done or not. Resolves when all are. */
export async function pace(rate: number, times: number, once: (index: number) => Promise<void>): Promise<void> {
  const begun = performance.now()
  const underWay: Promise<void>[] = []
  while (underWay.length < times) {
    const due = Math.min(times, Math.floor(((performance.now() - begun) / 1000) * rate))
    while (underWay.length < due) underWay.push(once(underWay.length))
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  await Promise.all(underWay)
}

/** The least figure that such a share of all does not exceed. */
export function percentile(figures: readonly number[], share: number): number {
  const sorted = figures.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
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
