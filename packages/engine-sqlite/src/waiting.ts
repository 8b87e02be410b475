import type { DiscardedEvent, Generation, WaitingEvent } from 'weir/ports'
import type { Database } from './database.ts'

type EventKey = Pick<WaitingEvent, 'stream' | 'version' | 'document'>

const key = 'stream, version, parked, document'

/** The events that consumers could not apply: those that wait, by generation, and those that were given up, by model. */
export class Waiting {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  load({ model, number }: Generation): WaitingEvent[] {
    const sql = `SELECT ${key}, since, error, attempts FROM waiting WHERE model = ? AND number = ?
      ORDER BY stream, version, document, parked DESC`
    return this.#database.prepare(sql).all(model, number).map(toWaiting)
  }

  keep({ model, number }: Generation, event: WaitingEvent): void {
    const sql = `INSERT OR REPLACE INTO waiting (model, number, ${key}, since, error, attempts)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`
    const { since, error, attempts } = event
    this.#database.prepare(sql).run(model, number, ...toKey(event), since, error ?? null, attempts)
  }

  settle({ model, number }: Generation, event: EventKey): void {
    const sql = `DELETE FROM waiting
      WHERE model = ? AND number = ? AND stream = ? AND version = ? AND parked = ? AND document = ?`
    this.#database.prepare(sql).run(model, number, ...toKey(event))
  }

  /** In the order in which they were discarded. */
  loadDiscarded(model: string): DiscardedEvent[] {
    const sql = `SELECT ${key}, since, error, attempts, reason, actor, at FROM discarded WHERE model = ? ORDER BY place`
    return this.#database.prepare(sql).all(model).map(toDiscarded)
  }

  /** The first record of an event stays: a save that is repeated tells nothing new. */
  discard(model: string, event: DiscardedEvent): void {
    const sql = `INSERT INTO discarded (model, ${key}, since, error, attempts, reason, actor, at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`
    const { since, error, attempts, reason, actor, at } = event
    this.#database.prepare(sql).run(model, ...toKey(event), since, error, attempts, reason, actor, at)
  }
}

function toKey({ stream, version, document }: EventKey): [string, number, number, string] {
  return [stream, version, document === undefined ? 1 : 0, document ?? '']
}

function toWaiting(row: Record<string, unknown>): WaitingEvent {
  return {
    stream: String(row.stream),
    version: Number(row.version),
    document: row.parked ? undefined : String(row.document),
    since: Number(row.since),
    error: row.error === null ? undefined : String(row.error),
    attempts: Number(row.attempts),
  }
}

function toDiscarded(row: Record<string, unknown>): DiscardedEvent {
  const { reason, actor, at, error } = row
  return { ...toWaiting(row), error: String(error), reason: String(reason), actor: String(actor), at: Number(at) }
}
