import type {
  Changes,
  DocumentPage,
  Generation,
  ListQuery,
  ModelDefinition,
  OpenedModel,
  ReadModelStore,
  StoredDocument,
  WaitingEvent,
} from 'weir/ports'
import { EngineError } from 'weir/ports'
import type { Database } from './database.ts'
import { Documents } from './documents.ts'

type WaitingKey = Pick<WaitingEvent, 'stream' | 'version' | 'document'>

/**
 * Read models in the application's own file: a table of documents a generation, beside one register of all generations.
 *
 * Saves are `relaxed`: what a power cut undoes is folded again from the log, where it is durable.
 */
export class SqliteReadModelStore implements ReadModelStore {
  readonly #database: Database
  readonly #documents = new Map<string, Documents>()

  constructor(database: Database) {
    this.#database = database
  }

  async open(model: ModelDefinition): Promise<OpenedModel> {
    return this.#database.relaxed(() => {
      const row = this.#takeLease(model) ?? this.#create(model)
      const generation = { model: model.name, number: Number(row.number) }
      const cursor = row.cursor === null ? undefined : String(row.cursor)
      return { generation, lease: Number(row.lease), cursor }
    })
  }

  async dropOthers({ model, number }: Generation): Promise<void> {
    this.#database.relaxed(() => {
      const others = this.#database.prepare('SELECT number FROM generations WHERE model = ? AND number <> ?')
      for (const other of others.all(model, number)) this.#drop({ model, number: Number(other.number) })
    })
  }

  async load(generation: Generation, ids: readonly string[]): Promise<StoredDocument[]> {
    return this.#database.read(() => this.#find(generation).load(ids))
  }

  async loadWaiting({ model, number }: Generation): Promise<WaitingEvent[]> {
    const sql = `SELECT stream, version, parked, document, since, error FROM waiting WHERE model = ? AND number = ?
      ORDER BY stream, version, document, parked DESC`
    return this.#database.read(() => this.#database.prepare(sql).all(model, number).map(toWaiting))
  }

  async save(generation: Generation, lease: number, changes: Changes): Promise<'saved' | 'fenced'> {
    return this.#database.relaxed(() => {
      const { model, number } = generation
      const moved = this.#database
        .prepare('UPDATE generations SET cursor = ? WHERE model = ? AND number = ? AND lease = ?')
        .run(changes.cursor, model, number, lease)
      if (moved.changes === 0) return 'fenced'
      this.#find(generation).save(changes.documents)
      for (const event of changes.settled) this.#settle(generation, event)
      for (const event of changes.waiting) this.#keep(generation, event)
      return 'saved'
    })
  }

  async get(generation: Generation, id: string): Promise<StoredDocument | undefined> {
    return this.#database.read(() => this.#find(generation).get(id))
  }

  async list(generation: Generation, query: ListQuery): Promise<DocumentPage> {
    return this.#database.read(() => this.#find(generation).list(query))
  }

  #takeLease({ name, fingerprint }: ModelDefinition): Record<string, unknown> | undefined {
    const sql = `UPDATE generations SET lease = lease + 1 WHERE model = ? AND fingerprint = ?
      RETURNING number, lease, cursor`
    return this.#database.prepare(sql).get(name, fingerprint)
  }

  #create({ name, fingerprint, indexes }: ModelDefinition): Record<string, unknown> {
    const number = this.#database.value(
      'INSERT INTO models VALUES (?, 1) ON CONFLICT DO UPDATE SET latest = latest + 1 RETURNING latest',
      name,
    ) as number
    this.#database
      .prepare('INSERT INTO generations VALUES (?, ?, ?, ?, 1, NULL)')
      .run(name, number, fingerprint, JSON.stringify(indexes))
    new Documents(this.#database, { model: name, number }, indexes).create()
    return { number, lease: 1, cursor: null }
  }

  #drop(generation: Generation): void {
    const { model, number } = generation
    this.#find(generation).drop()
    this.#documents.delete(key(generation))
    this.#database.prepare('DELETE FROM waiting WHERE model = ? AND number = ?').run(model, number)
    this.#database.prepare('DELETE FROM generations WHERE model = ? AND number = ?').run(model, number)
  }

  #find(generation: Generation): Documents {
    const kept = this.#documents.get(key(generation))
    if (kept) return kept
    const { model, number } = generation
    const sql = 'SELECT indexes FROM generations WHERE model = ? AND number = ?'
    const indexes = this.#database.value(sql, model, number)
    if (indexes === undefined)
      throw new EngineError(`Generation ${number} of read model ${model} is not there any more.`)
    const documents = new Documents(this.#database, generation, JSON.parse(String(indexes)))
    this.#documents.set(key(generation), documents)
    return documents
  }

  #keep({ model, number }: Generation, event: WaitingEvent): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO waiting VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
      .run(model, number, ...waitingKey(event), event.since, event.error ?? null)
  }

  #settle({ model, number }: Generation, event: WaitingKey): void {
    const sql = `DELETE FROM waiting
      WHERE model = ? AND number = ? AND stream = ? AND version = ? AND parked = ? AND document = ?`
    this.#database.prepare(sql).run(model, number, ...waitingKey(event))
  }
}

function key({ model, number }: Generation): string {
  return `${number} ${model}`
}

function waitingKey({ stream, version, document }: WaitingKey): [string, number, number, string] {
  return [stream, version, document === undefined ? 1 : 0, document ?? '']
}

function toWaiting(row: Record<string, unknown>): WaitingEvent {
  return {
    stream: String(row.stream),
    version: Number(row.version),
    document: row.parked ? undefined : String(row.document),
    since: Number(row.since),
    error: row.error === null ? undefined : String(row.error),
  }
}
