import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Engine, OpenEngine } from 'weir/ports'
import { EngineError } from 'weir/ports'
import type { Database } from './database.ts'
import { type FileIdentity, fileIdentity, isSameFile, leaveStamp, touch } from './epoch.ts'
import { toEngineError } from './errors.ts'
import { SqliteEventStore } from './event-store.ts'
import { type Lock, takeLock } from './lock.ts'
import { openStore } from './open.ts'
import { SqliteReadModelStore } from './read-model-store.ts'
import { openReader } from './reader.ts'
import { Removal } from './removal.ts'

export interface SqliteOptions {
  /** Where the files are, `<application>.db` each; made when it is not there. */
  readonly directory: string
  /**
   * For tools that look at a store, also while another process uses it: nothing is written, and what would write rejects.
   * Commits of the other process are found when they are asked for; nobody is told of them.
   */
  readonly readOnly?: boolean
  /** With `readOnly`: shows the store as it is when it is opened, whatever is written meanwhile. */
  readonly pinned?: boolean
}

/**
 * The embedded engine: one SQLite file an application, used by one process at a time.
 *
 * @returns a function that opens the store of an application. It throws an `EngineError` when the file is in use by
 * another process, damaged, not Weir's, written by a newer version, or not writable; the file is then as it was. A store
 * of an older version is upgraded. To look only, it has to be there, and of this version.
 * @example
 * const open = sqliteEngine({ directory: 'data' })
 * const engine = await open('box-office') // data/box-office.db
 */
export function sqliteEngine({ directory, readOnly = false, pinned = false }: SqliteOptions): OpenEngine {
  return async (application) => {
    const path = join(directory, `${fileName(application)}.db`)
    try {
      if (readOnly) return openReadOnlyEngine(path, pinned)
      makeDirectory(directory)
      return openEngine(path)
    } catch (error) {
      throw toEngineError(error, path)
    }
  }
}

function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true })
  } catch (error) {
    throw toEngineError(error, directory)
  }
}

function openEngine(path: string): Engine {
  const lock = takeLock(path)
  try {
    const { database, storeId, epoch } = openStore(path, lock)
    const file = fileIdentity(path)
    const removal = new Removal(database)
    // What fails now is tried again by the next drop, or the next start.
    removal.run().catch(() => {})
    return {
      storeId,
      epoch,
      events: new SqliteEventStore(database),
      readModels: new SqliteReadModelStore(database, removal),
      roster: undefined,
      partitions: 1,
      check: async () => check(database, file),
      close: async () => {
        removal.stop()
        close(database, lock)
      },
    }
  } catch (error) {
    lock.release(lock.previousStamp)
    throw error
  }
}

function openReadOnlyEngine(path: string, pinned: boolean): Engine {
  const { store, close } = openReader(path, pinned)
  const { database, storeId, epoch } = store
  const file = fileIdentity(path)
  return {
    storeId,
    epoch,
    events: new SqliteEventStore(database),
    readModels: new SqliteReadModelStore(database),
    roster: undefined,
    partitions: 1,
    check: async () => checkPlace(database, file),
    close: async () => close(),
  }
}

/** Writes, because a full disk or lost rights show only then; an open file can be written even after it was deleted. */
function check(database: Database, opened: FileIdentity): void {
  checkPlace(database, opened)
  touch(database)
}

function checkPlace({ path }: Database, opened: FileIdentity): void {
  if (!existsSync(path) || !isSameFile(fileIdentity(path), opened)) {
    throw new EngineError(
      `${path} was moved or replaced while in use. Stop this process, put the file back, start again.`,
    )
  }
}

function close(database: Database, lock: Lock): void {
  const stamp = leaveStamp(database, lock)
  database.close()
  lock.release(stamp)
}

/** An application's name becomes a file's name: it may not lead out of the directory. */
function fileName(application: string): string {
  if (/^[\w-][\w.-]*$/.test(application)) return application
  throw new EngineError(`${JSON.stringify(application)} cannot name a file: use letters, digits, - and _.`)
}
