import type { Generation, GenerationRecord, ModelDefinition, OpenedPartition } from 'weir/ports'
import { EngineError } from 'weir/ports'
import type { Database } from './database.ts'

type State = GenerationRecord['state']

const columns = 'model, number, fingerprint, indexes, state, since, served_until, cursor, lease, accepted'
const one = 'WHERE model = ? AND number = ?'

/** The register of generations: rows of one table. What changes it runs in a transaction of the caller. */
export class Generations {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  models(): string[] {
    const rows = this.#database.prepare('SELECT DISTINCT model FROM generations').all()
    return rows.map(({ model }) => String(model))
  }

  all(model: string): GenerationRecord[] {
    const sql = `SELECT ${columns} FROM generations WHERE model = ? ORDER BY number`
    return this.#database.prepare(sql).all(model).map(toRecord)
  }

  /** @throws EngineError when it is not there any more */
  find({ model, number }: Generation): GenerationRecord {
    const row = this.#database.prepare(`SELECT ${columns} FROM generations ${one}`).get(model, number)
    if (!row) throw gone({ model, number })
    return toRecord(row)
  }

  serving(model: string): GenerationRecord | undefined {
    return this.all(model).find(({ state }) => state === 'serving')
  }

  underConstruction(model: string, fingerprint: string): GenerationRecord | undefined {
    const isOne = ({ state }: GenerationRecord) => state === 'building' || state === 'stopped'
    return this.all(model).find((record) => record.fingerprint === fingerprint && isOne(record))
  }

  add({ name, fingerprint, indexes }: ModelDefinition, at: number): Generation {
    const number = Number(
      this.#database.value(
        'INSERT INTO models VALUES (?, 1) ON CONFLICT DO UPDATE SET latest = latest + 1 RETURNING latest',
        name,
      ),
    )
    const state: State = this.serving(name) ? 'building' : 'serving'
    this.#database
      .prepare(`INSERT INTO generations (${columns}) VALUES (?, ?, ?, ?, ?, ?, NULL, NULL, 0, '[]')`)
      .run(name, number, fingerprint, JSON.stringify(indexes), state, at)
    return { model: name, number }
  }

  /** @throws EngineError when it is not there any more */
  takeLease({ model, number }: Generation): OpenedPartition {
    const sql = `UPDATE generations SET lease = lease + 1 ${one} RETURNING lease, cursor`
    const row = this.#database.prepare(sql).get(model, number)
    if (!row) throw gone({ model, number })
    return { lease: Number(row.lease), cursor: toCursor(row.cursor) }
  }

  /** Whether this lease is the newest of a generation that is still there. */
  holds({ model, number }: Generation, lease: number): boolean {
    return this.#database.value(`SELECT lease FROM generations ${one}`, model, number) === lease
  }

  moveCursor({ model, number }: Generation, cursor: string): void {
    this.#database.prepare(`UPDATE generations SET cursor = ? ${one}`).run(cursor, model, number)
  }

  /** One that is in this state already stays as it is. */
  turn({ model, number }: Generation, state: State, at: number): void {
    const sql = `UPDATE generations SET state = ?, since = ? ${one} AND state <> ?`
    this.#database.prepare(sql).run(state, at, model, number, state)
  }

  /** Another takes its place. */
  retire({ model, number }: Generation, at: number): void {
    const sql = `UPDATE generations SET state = 'retired', since = ?, served_until = ? ${one}`
    this.#database.prepare(sql).run(at, at, model, number)
  }

  accept(generation: Generation, streams: readonly string[]): void {
    const { model, number, accepted } = this.find(generation)
    const all = JSON.stringify([...new Set([...accepted, ...streams])])
    this.#database.prepare(`UPDATE generations SET accepted = ? ${one}`).run(all, model, number)
  }

  /** Takes a generation out of the register, and leaves its documents to be removed. */
  remove({ model, number }: Generation): void {
    const { changes } = this.#database.prepare(`DELETE FROM generations ${one}`).run(model, number)
    if (changes === 1) this.#database.prepare('INSERT INTO dropped VALUES (?, ?)').run(model, number)
  }
}

function gone({ model, number }: Generation): EngineError {
  return new EngineError(`Generation ${number} of read model ${model} is not there any more.`)
}

function toRecord(row: Record<string, unknown>): GenerationRecord {
  return {
    model: String(row.model),
    number: Number(row.number),
    fingerprint: String(row.fingerprint),
    indexes: JSON.parse(String(row.indexes)),
    state: row.state as State,
    since: Number(row.since),
    servedUntil: row.served_until === null ? undefined : Number(row.served_until),
    partitions: [{ lease: Number(row.lease), cursor: toCursor(row.cursor) }],
    accepted: JSON.parse(String(row.accepted)),
  }
}

function toCursor(value: unknown): string | undefined {
  return value === null ? undefined : String(value)
}
