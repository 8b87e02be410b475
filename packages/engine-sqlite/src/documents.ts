import type { SQLInputValue } from 'node:sqlite'
import type { Generation, ListQuery, StoredDocument } from 'weir/ports'
import { EngineError } from 'weir/ports'
import type { Database } from './database.ts'
import { listQueries, toKey } from './list.ts'

/**
 * The table of one generation's documents. Each declared index has a column of its own (`k0`, `k1`, …), filled here
 * from the document: so a value is stored and asked for by the same binding, and compares as exactly as JavaScript
 * does, whatever SQLite's JSON functions make of large numbers, escapes or booleans.
 */
export class Documents {
  readonly #database: Database
  readonly #model: string
  readonly #table: string
  readonly #indexes: readonly string[]

  constructor(database: Database, generation: Generation, indexes: readonly string[]) {
    this.#database = database
    this.#model = generation.model
    this.#table = tableName(generation)
    this.#indexes = indexes
  }

  create(): void {
    const table = quote(this.#table)
    const columns = this.#columns().map((column) => `, ${column} ANY`)
    this.#database.exec(
      `CREATE TABLE ${table} (id TEXT PRIMARY KEY, body TEXT, stream TEXT NOT NULL, version INTEGER NOT NULL
       ${columns.join('')}) STRICT`,
    )
    for (const column of this.#columns()) {
      const index = quote(`${this.#table}_${column}`)
      this.#database.exec(`CREATE INDEX ${index} ON ${table} (${column}, id) WHERE body IS NOT NULL`)
    }
  }

  drop(): void {
    this.#database.exec(`DROP TABLE ${quote(this.#table)}`)
  }

  save(documents: readonly StoredDocument[]): void {
    const columns = ['body', 'stream', 'version', ...this.#columns()]
    const sql = `INSERT INTO ${quote(this.#table)} (id, ${columns.join(', ')})
      VALUES (?${', ?'.repeat(columns.length)})
      ON CONFLICT DO UPDATE SET ${columns.map((column) => `${column} = excluded.${column}`).join(', ')}`
    const upsert = this.#database.prepare(sql)
    for (const { id, body, stream, version } of documents) {
      upsert.run(id, body ?? null, stream, version, ...this.#keys(body))
    }
  }

  load(ids: readonly string[]): StoredDocument[] {
    const select = this.#database.prepare(`SELECT id, body, stream, version FROM ${quote(this.#table)} WHERE id = ?`)
    const rows = [...new Set(ids)].map((id) => select.get(id))
    return rows.filter((row) => row !== undefined).map(toDocument)
  }

  get(id: string): StoredDocument | undefined {
    return this.load([id]).find((document) => document.body !== undefined)
  }

  list(query: ListQuery): StoredDocument[] {
    const found: StoredDocument[] = []
    for (const { sql, parameters } of listQueries(quote(this.#table), query, (field) => this.#column(field))) {
      if (found.length >= query.limit) break
      const rows = this.#database.prepare(sql).all(...parameters, query.limit - found.length)
      found.push(...rows.map(toDocument))
    }
    return found
  }

  #columns(): string[] {
    return this.#indexes.map((_, index) => `k${index}`)
  }

  #column(field: string): string {
    const index = this.#indexes.indexOf(field)
    if (index < 0) throw new EngineError(`Read model ${this.#model} has no index on ${field}.`)
    return `k${index}`
  }

  #keys(body: string | undefined): SQLInputValue[] {
    if (this.#indexes.length === 0) return []
    const fields: Record<string, unknown> = body === undefined ? {} : JSON.parse(body)
    return this.#indexes.map((field) => toKey(fields[field]))
  }
}

function toDocument(row: Record<string, unknown>): StoredDocument {
  const { id, body, stream, version } = row as { id: string; body: string | null; stream: string; version: number }
  return { id, body: body ?? undefined, stream, version }
}

/**
 * The name of a generation's table. SQLite does not tell upper from lower case in names, so a model whose name is not
 * plain lower case goes by the hexadecimal of its bytes.
 */
function tableName({ model, number }: Generation): string {
  const plain = /^[a-z0-9-]+$/.test(model) ? model : `=${Buffer.from(model).toString('hex')}`
  return `doc_${plain}_${number}`
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
