import { setImmediate } from 'node:timers/promises'
import type { Generation } from 'weir/ports'
import type { Database } from './database.ts'
import { Documents } from './documents.ts'

/** How long a step may block the process, in milliseconds: commands wait meanwhile. */
const aim = 2

const mostRows = 1_000

/**
 * Removes what is left of generations that were dropped.
 *
 * 1. The table `dropped` names them, from the transaction that takes one out of the register to the one that removes the
 *    last of it: what a killed process did not come to is done by the next.
 * 2. It goes in steps of some milliseconds, between which others have their turn. (A checkpoint may come with a step, as
 *    with any write.)
 */
export class Removal {
  readonly #database: Database
  #running: Promise<void> | undefined
  #isStopped = false
  #rows = 10

  constructor(database: Database) {
    this.#database = database
  }

  /** Removes all that is left, also what is dropped meanwhile. Rejects when the storage fails; the rest stays then. */
  run(): Promise<void> {
    this.#running ??= this.#run()
    return this.#running
  }

  /** Comes to an end: the database is not touched any more. The next start goes on. */
  stop(): void {
    this.#isStopped = true
  }

  async #run(): Promise<void> {
    try {
      for (;;) {
        await setImmediate()
        const generation = this.#isStopped ? undefined : this.#next()
        if (!generation) return
        this.#step(generation)
      }
    } finally {
      this.#running = undefined
    }
  }

  #next(): Generation | undefined {
    const sql = 'SELECT model, number FROM dropped LIMIT 1'
    return this.#database.read(() => this.#database.prepare(sql).get()) as Generation | undefined
  }

  /** Deleting takes by far longer from tables with many indexes or large documents: the next step is as large as fits. */
  #step(generation: Generation): void {
    const start = performance.now()
    this.#database.relaxed(() => {
      if (this.#clear(generation) === 0) this.#finish(generation)
    })
    const fitting = Math.floor((this.#rows * aim) / (performance.now() - start))
    this.#rows = Math.max(1, Math.min(fitting, 2 * this.#rows, mostRows))
  }

  #clear(generation: Generation): number {
    const cleared = new Documents(this.#database, generation, []).clear(this.#rows)
    const sql = `DELETE FROM waiting WHERE (model, number, stream, version, document, parked) IN (
      SELECT model, number, stream, version, document, parked FROM waiting WHERE model = ? AND number = ? LIMIT ?)`
    const { model, number } = generation
    return cleared + Number(this.#database.prepare(sql).run(model, number, this.#rows - cleared).changes)
  }

  #finish(generation: Generation): void {
    const { model, number } = generation
    new Documents(this.#database, generation, []).drop()
    this.#database.prepare('DELETE FROM dropped WHERE model = ? AND number = ?').run(model, number)
  }
}
