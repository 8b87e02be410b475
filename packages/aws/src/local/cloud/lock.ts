import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LocalCloudError } from '../errors.ts'

/**
 * Keeps a second local cloud away from a folder. One that was killed leaves its mark behind, which counts for nothing.
 *
 * @returns gives the folder free
 * @throws LocalCloudError when another process uses it
 */
export function lock(folder: string): () => void {
  const path = join(folder, 'cloud.pid')
  const owner = ownerOf(path)
  if (owner !== undefined) {
    throw new LocalCloudError(
      `The folder ${folder} is in use by the local cloud of process ${owner}. Stop that, or choose another folder with --data.`,
    )
  }
  writeFileSync(path, String(process.pid))
  return () => rmSync(path, { force: true })
}

function ownerOf(path: string): number | undefined {
  const pid = Number(readIfThere(path))
  return pid && isAlive(pid) ? pid : undefined
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
