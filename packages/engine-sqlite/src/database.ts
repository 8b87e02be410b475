import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { EngineError } from 'weir/ports'
import { toEngineError } from './errors.ts'

/** Statements are kept by their text; a text that differs per query shape cannot fill the memory. */
const maxStatements = 500

/** How long to wait for a lock of another program (a backup, a shell), which is held for moments only. */
const busyTimeout = 2_000

/**
 * One connection. Everything is synchronous: a transaction begins and ends within one call, so that no two can mix.
 *
 * 1. (G3) Outside of `relaxed`, a commit is on the disk when it returns (`synchronous=FULL`).
 * 2. After a call that threw, no transaction is open: the next one starts afresh.
 */
export class Database {
  readonly path: string
  readonly readOnly: boolean
  readonly #connection: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()

  constructor(path: string, { readOnly = false }: { readonly readOnly?: boolean } = {}) {
    this.path = path
    this.readOnly = readOnly
    this.#connection = new DatabaseSync(path, { timeout: busyTimeout, readOnly })
  }

  /** Runs SQL that has no parameters and gives no rows. */
  exec(sql: string): void {
    this.#connection.exec(sql)
  }

  /** The prepared statement of a text. */
  prepare(sql: string): StatementSync {
    const kept = this.#statements.get(sql)
    if (kept) return kept
    if (this.#statements.size >= maxStatements) this.#statements.clear()
    const statement = this.#connection.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }

  /** The first column of the first row. */
  value(sql: string, ...parameters: SQLInputValue[]): SQLInputValue | undefined {
    const row = this.prepare(sql).get(...parameters)
    return row && Object.values(row)[0]
  }

  /** Runs `work` in one transaction that is durable on return; rolls back and throws an `EngineError` when it throws. */
  transaction<T>(work: () => T): T {
    if (this.readOnly)
      throw new EngineError(`${this.path} is open for reading only. Open it without readOnly to write.`)
    try {
      this.prepare('BEGIN IMMEDIATE').run()
      const result = work()
      this.prepare('COMMIT').run()
      return result
    } catch (error) {
      // A full disk has rolled back already.
      if (this.#connection.isTransaction) this.#connection.exec('ROLLBACK')
      throw toEngineError(error, this.path)
    }
  }

  /** A transaction that a power cut may undo (never tear): for what can be folded again from the log. */
  relaxed<T>(work: () => T): T {
    this.#connection.exec('PRAGMA synchronous = NORMAL')
    try {
      return this.transaction(work)
    } finally {
      this.#connection.exec('PRAGMA synchronous = FULL')
    }
  }

  /** Runs a read; throws an `EngineError` when it fails. */
  read<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw toEngineError(error, this.path)
    }
  }

  /** Closes, and leaves one file with everything in it where that can be: no reader holds on to it, the disk has space. */
  close(): void {
    this.#statements.clear()
    try {
      this.#connection.exec('PRAGMA busy_timeout = 100; PRAGMA wal_checkpoint(TRUNCATE)')
    } catch {
      // All is in the write-ahead log, where the next start finds it.
    } finally {
      this.#connection.close()
    }
  }
}
