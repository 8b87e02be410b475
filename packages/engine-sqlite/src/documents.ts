import type { SQLInputValue } from 'node:sqlite'
import type { DocumentPage, Generation, ListQuery, StoredDocument } from 'weir/ports'
import { EngineError } from 'weir/ports'
import type { Database } from './database.ts'
import { listQueries, toKey } from './list.ts'

/** A page of a list ends with the document that exceeds this many characters: it is held in memory as a whole. */
const maxPageSize = 4 * 1024 * 1024

/**
 * The tables of one generation: `doc_<model>_<number>` has its live documents, `…_gone` its tombstones, so that no list
 * ever wades through what was removed. A tombstone of a document that was revived stays, and counts for nothing.
 *
 * Each declared index has a column of its own (`k0`, `k1`, …), filled here from the document: so a value is stored and
 * asked for by the same binding, and compares as exactly as JavaScript does, whatever SQLite's JSON functions make of
 * large numbers, escapes or booleans.
 */
export class Documents {
  readonly #database: Database
  readonly #model: string
  readonly #indexes: readonly string[]
  readonly #columns: readonly string[]
  readonly #table: string
  readonly #gone: string
  readonly #sql: ReturnType<typeof statements>

  constructor(database: Database, generation: Generation, indexes: readonly string[]) {
    const name = tableName(generation)
    this.#database = database
    this.#model = generation.model
    this.#indexes = indexes
    this.#columns = indexes.map((_, index) => `k${index}`)
    this.#table = quote(name)
    this.#gone = quote(`${name}_gone`)
    this.#sql = statements(this.#table, this.#gone, this.#columns)
  }

  create(): void {
    const keys = this.#columns.map((column) => `, ${column} ANY`).join('')
    this.#database.exec(`
      CREATE TABLE ${this.#table}
        (id TEXT PRIMARY KEY, body TEXT NOT NULL, stream TEXT NOT NULL, version INTEGER NOT NULL${keys}) STRICT;
      CREATE TABLE ${this.#gone}
        (id TEXT PRIMARY KEY, stream TEXT NOT NULL, version INTEGER NOT NULL) WITHOUT ROWID, STRICT`)
    for (const column of this.#columns) {
      const index = this.#table.replace(/"$/, `_${column}"`)
      this.#database.exec(`CREATE INDEX ${index} ON ${this.#table} (${column}, id)`)
    }
  }

  /** Deletes some documents and tombstones: at most `limit`, and fewer only when there are no more. Returns how many. */
  clear(limit: number): number {
    const { changes } = this.#database.prepare(this.#sql.clear).run(limit)
    const left = limit - Number(changes)
    return Number(changes) + Number(left > 0 ? this.#database.prepare(this.#sql.clearGone).run(left).changes : 0)
  }

  /** Takes time by what is in the tables: see `clear`. */
  drop(): void {
    this.#database.exec(`DROP TABLE ${this.#table}; DROP TABLE ${this.#gone}`)
  }

  /** Removes documents and tombstones without a trace. */
  purge(ids: readonly string[]): void {
    for (const id of ids) {
      this.#database.prepare(this.#sql.forget).run(id)
      this.#database.prepare(this.#sql.forgetGone).run(id)
    }
  }

  save(documents: readonly StoredDocument[]): void {
    for (const { id, body, stream, version } of documents) {
      if (body === undefined) this.#bury(id, stream, version)
      else this.#put(id, body, stream, version)
    }
  }

  /** Documents and tombstones by id. */
  load(ids: readonly string[]): StoredDocument[] {
    const getGone = this.#database.prepare(this.#sql.getGone)
    const rows = [...new Set(ids)].map((id) => this.get(id) ?? (getGone.get(id) as StoredDocument | undefined))
    return rows.filter((row) => row !== undefined).map(toDocument)
  }

  get(id: string): StoredDocument | undefined {
    const row = this.#database.prepare(this.#sql.get).get(id)
    return row && toDocument(row)
  }

  list(query: ListQuery): DocumentPage {
    const documents: StoredDocument[] = []
    let size = 0
    for (const { sql, parameters } of listQueries(this.#table, query, (field) => this.#column(field))) {
      for (const row of this.#database.prepare(sql).iterate(...parameters, query.limit + 1 - documents.length)) {
        if (documents.length === query.limit || size >= maxPageSize) return { documents, more: true }
        const document = toDocument(row)
        documents.push(document)
        size += document.body?.length ?? 0
      }
    }
    return { documents, more: false }
  }

  /** Most changes leave the keys as they are: then the indexes need not be touched, which is half of the work. */
  #put(id: string, body: string, stream: string, version: number): void {
    const keys = this.#keys(body)
    const { changes } = this.#database.prepare(this.#sql.update).run(body, stream, version, id, ...keys)
    if (changes === 1) return
    this.#database.prepare(this.#sql.upsert).run(id, body, stream, version, ...keys)
  }

  #bury(id: string, stream: string, version: number): void {
    this.#database.prepare(this.#sql.forget).run(id)
    this.#database.prepare(this.#sql.bury).run(id, stream, version)
  }

  #column(field: string): string {
    const column = this.#columns[this.#indexes.indexOf(field)]
    if (!column) throw new EngineError(`Read model ${this.#model} has no index on ${field}.`)
    return column
  }

  #keys(body: string): SQLInputValue[] {
    if (this.#indexes.length === 0) return []
    const fields: Record<string, unknown> = JSON.parse(body)
    return this.#indexes.map((field) => toKey(fields[field]))
  }
}

function statements(table: string, gone: string, keys: readonly string[]) {
  const columns = ['body', 'stream', 'version', ...keys]
  return {
    update: `UPDATE ${table} SET body = ?, stream = ?, version = ? WHERE id = ?
      ${keys.map((key) => ` AND ${key} IS ?`).join('')}`,
    upsert: `INSERT INTO ${table} (id, ${columns.join(', ')}) VALUES (?${', ?'.repeat(columns.length)})
      ON CONFLICT DO UPDATE SET ${columns.map((column) => `${column} = excluded.${column}`).join(', ')}`,
    bury: `INSERT OR REPLACE INTO ${gone} VALUES (?, ?, ?)`,
    forget: `DELETE FROM ${table} WHERE id = ?`,
    forgetGone: `DELETE FROM ${gone} WHERE id = ?`,
    clear: `DELETE FROM ${table} WHERE rowid IN (SELECT rowid FROM ${table} LIMIT ?)`,
    clearGone: `DELETE FROM ${gone} WHERE id IN (SELECT id FROM ${gone} LIMIT ?)`,
    get: `SELECT id, body, stream, version FROM ${table} WHERE id = ?`,
    getGone: `SELECT id, stream, version FROM ${gone} WHERE id = ?`,
  }
}

function toDocument(row: object): StoredDocument {
  const { id, body, stream, version } = row as StoredDocument
  return { id, body, stream, version }
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
