import { randomUUID } from 'node:crypto'
import { statSync } from 'node:fs'
import type { Database } from './database.ts'
import type { Lock } from './lock.ts'

/** What tells a file from its copies. */
export interface FileIdentity {
  readonly inode: string
  readonly born: string
}

/**
 * Reads who the store is, as its new holder. Its id was drawn when it was created. Its epoch stays as long as
 *
 * 1. this is the same file: a copy is another one;
 * 2. it bears the stamp that the lock beside it bears: both get a new one at each start and end, so that a backup that
 *    was put back in place bears an old one.
 *
 * A stamp that reached the file but not the lock, because the disk was full or the process killed, is told by the one
 * before it.
 */
export function identify(database: Database, lock: Lock): { storeId: string; epoch: string } {
  return database.transaction(() => {
    const file = fileIdentity(database.path)
    const stamps = [read(database, 'stamp'), read(database, 'stamp before')]
    const isSame =
      isSameFile(file, { inode: read(database, 'inode'), born: read(database, 'born') }) &&
      stamps.includes(lock.previousStamp)
    const store = read(database, 'store') ?? randomUUID()
    const epoch = (isSame ? read(database, 'epoch') : undefined) ?? randomUUID()
    write(database, { store, epoch, ...file, stamp: lock.stamp, 'stamp before': lock.previousStamp ?? '' })
    return { storeId: store, epoch }
  })
}

/** Reads who the store is for its holder; a copy says the same as its original, until it is opened for writing. */
export function readIdentity(database: Database): { storeId: string; epoch: string } {
  return { storeId: read(database, 'store') ?? '', epoch: read(database, 'epoch') ?? '' }
}

/**
 * Puts the last stamp of this holder into the file.
 *
 * @returns the stamp that the lock is to be left with
 */
export function leaveStamp(database: Database, lock: Lock): string {
  const stamp = randomUUID()
  try {
    database.transaction(() => write(database, { stamp, 'stamp before': lock.stamp }))
    return stamp
  } catch {
    // The disk is full: the file keeps the stamp that it has.
    return lock.stamp
  }
}

/** Writes the time, to see whether anything can be written. */
export function touch(database: Database): void {
  database.relaxed(() => write(database, { checked: new Date().toISOString() }))
}

export function fileIdentity(path: string): FileIdentity {
  const { ino, birthtimeNs } = statSync(path, { bigint: true })
  return { inode: String(ino), born: String(birthtimeNs) }
}

/** Either is enough: a copy differs in both, while some network file systems number their files anew when mounted. */
export function isSameFile(a: FileIdentity, b: Partial<FileIdentity>): boolean {
  return a.inode === b.inode || a.born === b.born
}

function read(database: Database, key: string): string | undefined {
  return database.value('SELECT value FROM meta WHERE key = ?', key) as string | undefined
}

function write(database: Database, facts: Readonly<Record<string, string>>): void {
  const statement = database.prepare('INSERT OR REPLACE INTO meta VALUES (?, ?)')
  for (const [key, value] of Object.entries(facts)) statement.run(key, value)
}
