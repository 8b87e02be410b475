import { EngineError } from 'weir/ports'

/** SQLite's primary result codes that have an answer for the user; the others are told in SQLite's own words. */
const advice: Readonly<Record<number, string>> = {
  5: 'another program holds a write lock on it. Stop that program, or let it finish.',
  8: 'it cannot be written. Give this user write access to the file and its directory, or choose another --data directory.',
  10: 'the disk reported an input/output error. Check the disk; nothing was written half.',
  11: 'the file is damaged. Restore it from a backup, or move it away to start anew.',
  13: 'the disk is full. Free some space; nothing was written half.',
  14: 'it cannot be opened. Check that this user may read and write its directory, or choose another --data directory.',
  26: 'the file is not a database. Move it away to start anew, or choose another --data directory.',
}

interface SqliteFailure extends Error {
  readonly code: 'ERR_SQLITE_ERROR'
  readonly errcode: number
}

/** Whether SQLite refused because another connection holds a lock. */
export function isBusy(error: unknown): boolean {
  return isSqliteFailure(error) && primaryCode(error) === 5
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
  const known = isSqliteFailure(error) ? advice[primaryCode(error)] : undefined
  return new EngineError(`${path}: ${known ?? error.message}`, { cause: error })
}

function isSqliteFailure(error: unknown): error is SqliteFailure {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
}

/** Extended result codes keep the primary one in their lowest byte. */
function primaryCode(error: SqliteFailure): number {
  return error.errcode & 0xff
}
