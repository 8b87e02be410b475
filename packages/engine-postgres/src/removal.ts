import type { Generation } from 'weir/ports'
import type { Database, Query } from './database.ts'
import { codeOf } from './errors.ts'
import { tablesOf } from './tables.ts'

const lockNotAvailable = '55P03'

/**
 * How long to wait for those who still read a table. Longer than a second, after which PostgreSQL calls off its own
 * vacuum there.
 */
const lockTimeout = '2s'

/**
 * Removes what is left of generations that were dropped.
 *
 * 1. The table `dropped` names them, from the transaction that takes one out of the register to the one that removes the
 *    tables: what a killed process did not come to is done by another.
 * 2. Who still reads a table, for a backup perhaps, is not waited for: the next drop tries again, or the next start.
 * 3. Several processes may remove at once; each takes what no other is at.
 */
export class Removal {
  readonly #database: Database
  #running: Promise<void> | undefined
  #isStopped = false

  constructor(database: Database) {
    this.#database = database
  }

  /** Removes all that can be removed now. Rejects when the storage fails; the rest stays then. */
  async run(): Promise<void> {
    // One that runs already may be past what was dropped just now.
    const before = this.#running
    const run = (before ?? Promise.resolve()).catch(() => {}).then(() => this.#run())
    this.#running = run
    await run.finally(() => {
      if (this.#running === run) this.#running = undefined
    })
  }

  /** Comes to an end: what is not begun stays. Resolves when the database is not touched any more. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#running?.catch(() => {})
  }

  async #run(): Promise<void> {
    const sql = `SELECT model, number FROM ${this.#database.name('dropped')} ORDER BY model, number`
    for (const generation of await this.#database.read<Generation>(sql)) {
      if (this.#isStopped) return
      await this.#database.transaction((query) => this.#remove(query, generation), { relaxed: true })
    }
  }

  async #remove(query: Query, generation: Generation): Promise<void> {
    const { model, number } = generation
    const one = 'WHERE model = $1 AND number = $2'
    const dropped = this.#database.name('dropped')
    const mine = await query(`SELECT FROM ${dropped} ${one} FOR UPDATE SKIP LOCKED`, [model, number])
    if (mine.length === 0) return
    await query(`DELETE FROM ${this.#database.name('waiting')} ${one}`, [model, number])
    if (await this.#dropTables(query, generation)) await query(`DELETE FROM ${dropped} ${one}`, [model, number])
  }

  /** Whether nobody stood in the way. */
  async #dropTables(query: Query, generation: Generation): Promise<boolean> {
    const { live, gone } = tablesOf(this.#database, generation)
    await query(`SELECT set_config('lock_timeout', $1, true)`, [lockTimeout])
    await query('SAVEPOINT before')
    try {
      await query(`DROP TABLE IF EXISTS ${live}, ${gone}`)
      return true
    } catch (error) {
      if (codeOf(error) !== lockNotAvailable) throw error
      await query('ROLLBACK TO SAVEPOINT before')
      return false
    }
  }
}
