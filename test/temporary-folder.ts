import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * For vitest's `globalSetup`, before all others: one folder for whatever the tests of a run, and what they start, put into the
 * folder for temporary files. Processes that are killed cannot clear away what they made; it goes with this folder.
 *
 * @returns what removes the folder when the run is over
 */
export default function setup(): () => void {
  const before = process.env.TMPDIR
  const folder = mkdtempSync(join(tmpdir(), 'weir-tests-'))
  // PostgreSQL has a user of its own when this one is root.
  chmodSync(folder, 0o755)
  process.env.TMPDIR = folder
  return () => {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}
