import { EngineError } from 'weir/ports'

/** What to do, by SQLite's primary result code; the other codes are told in SQLite's own words. */
const advice: Readonly<Record<number, string>> = {
  5: 'another program holds a write lock on it. Stop that program, or let it finish.',
  8: 'it cannot be written. Give this user write access to the file and its directory, or choose another --data directory.',
  10: 'the disk reported an input/output error. Check the disk; nothing was written half.',
  11: 'the file is damaged. Restore it from a backup, or move it away to start anew.',
  13: 'the disk is full. Free some space; nothing was written half.',
  14: 'it cannot be opened. Check that this user may read and write its directory, or choose another --data directory.',
  26: 'the file is not a database. Move it away to start anew, or choose another --data directory.',
}

/** The same for what the file system says. */
const fileAdvice: Readonly<Record<string, number>> = { EACCES: 8, EPERM: 8, EROFS: 8, ENOSPC: 13, EDQUOT: 13, EIO: 10 }

/** Whether SQLite refused because another connection holds a lock. */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && resultCode(error) === 5
}

/**
 * Turns what SQLite or the file system threw into an `EngineError` that names the file and says what to do; an
 * `EngineError` stays as it is.
 *
 * @param path the database file, as the user knows it
 */
export function toEngineError(error: unknown, path: string): EngineError {
  if (error instanceof EngineError) return error
  if (!(error instanceof Error)) return new EngineError(`${path}: ${String(error)}`, { cause: error })
  const known = advice[resultCode(error)]
  return new EngineError(`${path}: ${known ?? error.message}`, { cause: error })
}

/** Extended result codes keep the primary one in their lowest byte. */
function resultCode(error: Error): number {
  if ('errcode' in error) return Number(error.errcode) & 0xff
  return ('code' in error && fileAdvice[String(error.code)]) || 0
}
