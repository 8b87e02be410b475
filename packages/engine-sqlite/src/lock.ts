import { randomUUID } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { EngineError } from 'weir/ports'
import { isBusy, toEngineError } from './errors.ts'

/** The right to be the only process that uses a store. */
export interface Lock {
  /** What the last holder left; undefined when nobody held the lock before. */
  readonly previousStamp: string | undefined
  /** Drawn for this holder; what it leaves when it is killed. */
  readonly stamp: string
  /** Lets go, and leaves this stamp to the next holder. */
  release(stamp: string | undefined): void
}

/**
 * Takes the lock of a database: an open write transaction on a small database beside it (`box-office.lock`), never on
 * the database itself, so that other programs can read that. The operating system lets go of it when the process ends,
 * however it ends. Others can still read the lock's database, which is how they learn who holds it.
 *
 * @param path the database to lock, `….db`
 * @throws EngineError when another engine, here or in another process, holds the lock
 */
export function takeLock(path: string): Lock {
  const lockPath = path.replace(/\.db$/, '.lock')
  const connection = openLock(lockPath)
  try {
    const stamp = randomUUID()
    const previousStamp = announce(connection, stamp)
    return { previousStamp, stamp, release: (last) => letGo(connection, last) }
  } catch (error) {
    const refusal = isBusy(error) ? inUse(path, connection) : toEngineError(error, lockPath)
    connection.close()
    throw refusal
  }
}

/** Long enough for another that only reads who holds the lock, short enough for one that is refused. */
const patience = 200

function openLock(lockPath: string): DatabaseSync {
  try {
    return new DatabaseSync(lockPath, { timeout: patience })
  } catch (error) {
    throw toEngineError(error, lockPath)
  }
}

/**
 * Writes down who holds the lock, and takes it; somebody may have come between, so looks whether it still says so.
 *
 * @returns the stamp of the holder before
 */
function announce(connection: DatabaseSync, stamp: string): string | undefined {
  connection.exec('BEGIN IMMEDIATE')
  connection.exec('CREATE TABLE IF NOT EXISTS holder (one INTEGER PRIMARY KEY, pid INTEGER, stamp TEXT) STRICT')
  const previous = stampIn(connection)
  connection.prepare('INSERT OR REPLACE INTO holder VALUES (1, ?, ?)').run(process.pid, stamp)
  connection.exec('COMMIT; BEGIN IMMEDIATE')
  if (stampIn(connection) === stamp) return previous
  connection.exec('ROLLBACK')
  return announce(connection, stamp)
}

function stampIn(connection: DatabaseSync): string | undefined {
  return connection.prepare('SELECT stamp FROM holder').get()?.stamp?.toString()
}

/** The last stamp is written in the transaction that is the lock, so that it is there when the lock is free. */
function letGo(connection: DatabaseSync, stamp: string | undefined): void {
  try {
    connection.prepare('UPDATE holder SET pid = NULL, stamp = ?').run(stamp ?? null)
    connection.exec('COMMIT')
  } catch {
    // The disk is full: the lock keeps the stamp that it has. It is free all the same, by the next line.
  } finally {
    connection.close()
  }
}

function inUse(path: string, connection: DatabaseSync): EngineError {
  const pid = holder(connection)
  if (pid === process.pid) {
    return new EngineError(`${path} is open in this process already. Close that engine before opening another.`)
  }
  return new EngineError(
    `${path} is in use by another process${pid ? ` (pid ${pid})` : ''}. ` +
      'Stop it, or give this one another --data directory.',
  )
}

/** Who holds the lock, unless it is being written just now. */
function holder(connection: DatabaseSync): number | undefined {
  try {
    return Number(connection.prepare('SELECT pid FROM holder').get()?.pid) || undefined
  } catch {
    return undefined
  }
}
