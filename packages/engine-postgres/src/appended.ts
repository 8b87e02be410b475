import { createHash, randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { AppendedListener } from './appended-listener.ts'
import type { Database } from './database.ts'
import type { Feed } from './feed.ts'

/** The least time between two calls to other processes, in milliseconds. */
const callInterval = 10

/** How long to wait after a call that failed, in milliseconds. */
const callPause = 1_000

/**
 * Tells those who wait in this process of what is appended in any.
 *
 * 1. An append of this process is told at once, later than the call that appends.
 * 2. Other processes are called (NOTIFY) after an append, in a transaction of its own: within the append it would take a
 *    lock for which all appends of the cluster would wait. Appends that follow quickly share a call.
 * 3. Calls of others are heard, or else the log is looked at: see `AppendedListener`.
 */
export class Appended {
  readonly #database: Database
  readonly #channel: string
  readonly #id: string = randomUUID()
  readonly #listeners = new Set<() => void>()
  readonly #others: AppendedListener
  #isWanted = false
  #isCalling = false
  #isClosed = false

  /** @param listen whether to keep a connection for calls of others */
  constructor(database: Database, feed: Feed, listen: boolean) {
    this.#database = database
    this.#channel = `weir_${createHash('sha256').update(database.schema).digest('hex').slice(0, 32)}`
    this.#others = new AppendedListener(database, feed, {
      channel: listen ? this.#channel : undefined,
      id: this.#id,
      call: () => this.#call(),
      tell: () => this.#tell(),
    })
  }

  subscribe(listener: () => void): () => void {
    const own = () => listener()
    this.#listeners.add(own)
    return () => {
      this.#listeners.delete(own)
    }
  }

  /** This process has appended. */
  announce(): void {
    queueMicrotask(() => this.#tell())
    this.#isWanted = true
    if (!this.#isCalling) void this.#callOthers()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#others.close()
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener()
  }

  async #callOthers(): Promise<void> {
    this.#isCalling = true
    while (this.#isWanted && !this.#isClosed) {
      this.#isWanted = false
      const interval = await this.#call().then(
        () => callInterval,
        () => {
          this.#isWanted = true
          return callPause
        },
      )
      await pause(interval, undefined, { ref: false })
    }
    this.#isCalling = false
  }

  /** Nothing hangs on the call being durable. */
  async #call(): Promise<void> {
    const relaxed = `set_config('synchronous_commit', 'off', true)`
    await this.#database.query(`SELECT pg_notify($1, $2) FROM ${relaxed}`, [this.#channel, this.#id])
  }
}
