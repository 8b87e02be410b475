import type { DocumentPage, Generation, ListQuery, StoredDocument } from 'weir/ports'
import { EngineError } from 'weir/ports'
import type { Database, Query } from './database.ts'
import { codeOf } from './errors.ts'
import { gone } from './generations.ts'
import { cutId } from './key.ts'
import { type Field, type ListedRow, listQuery, needsWhole, type Statement, stored } from './list.ts'
import { indexName, type Tables, tablesOf } from './tables.ts'

const undefinedTable = '42P01'

interface Row {
  /** Null where the generation is there, and nothing was found in it. */
  readonly id: string | null
  readonly body: string | null
  readonly stream: string
  readonly version: number
}

/**
 * The tables of one generation: `doc_<model>_<number>` has its live documents, `…_gone` its tombstones, so that no list
 * ever wades through what was removed. A tombstone that is revived by who has not seen it stays, and counts for nothing.
 *
 * Each declared index has a column of its own (`k0`, `k1`, …): see `key.ts`. What is too long for an index is beside it in
 * `whole`, a JSON array of the id and all keys with null for what is not cut; it is NULL where nothing is. A body is text,
 * to come back to the letter: who asks by SQL writes `body::json`.
 *
 * Other processes may drop a generation at any time, and its tables go later: so whoever reads asks the register as well.
 */
export class Documents {
  readonly tables: Tables
  readonly indexes: readonly string[]
  readonly #database: Database
  readonly #generation: Generation

  constructor(database: Database, generation: Generation, indexes: readonly string[]) {
    this.tables = tablesOf(database, generation)
    this.indexes = indexes
    this.#database = database
    this.#generation = generation
  }

  /** Pages are not filled, so that what is changed finds room beside what it was, and indexes stay as they are. */
  async create(query: Query): Promise<void> {
    const { live, gone } = this.tables
    const keys = this.indexes.map((_, index) => `, k${index} text COLLATE "C" NOT NULL`).join('')
    await query(`CREATE TABLE ${live} (
      id text COLLATE "C" PRIMARY KEY, body text COLLATE "C" NOT NULL, stream text COLLATE "C" NOT NULL,
      version bigint NOT NULL, whole json${keys}
    ) WITH (fillfactor = 70)`)
    await query(`CREATE TABLE ${gone} (
      id text COLLATE "C" PRIMARY KEY, stream text COLLATE "C" NOT NULL, version bigint NOT NULL, whole json
    )`)
    for (const index of this.indexes.keys()) {
      await query(`CREATE INDEX ${indexName(this.#generation, `k${index}`)} ON ${live} (k${index}, id)`)
    }
  }

  /** Documents and tombstones by id. */
  async load(ids: readonly string[]): Promise<StoredDocument[]> {
    const { live, gone } = this.tables
    const sql = `SELECT ${stored}, body FROM ${live} WHERE id = ANY ($3)
      UNION ALL SELECT ${stored}, NULL FROM ${gone} buried WHERE id = ANY ($3)
        AND NOT EXISTS (SELECT FROM ${live} WHERE id = buried.id)`
    const rows = await this.#read<Row>({ sql, values: [...this.#place(), ids.map(cutId)] })
    return rows.map(toDocument)
  }

  async get(id: string): Promise<StoredDocument | undefined> {
    const sql = `SELECT ${stored}, body FROM ${this.tables.live} WHERE id = $3`
    const [row] = await this.#read<Row>({ sql, values: [...this.#place(), cutId(id)] })
    return row && toDocument(row)
  }

  async list(query: ListQuery): Promise<DocumentPage> {
    const isExact = needsWhole(query)
    const rows = await this.#page(query, isExact)
    return toPage(!isExact && query.sort && rows.some(({ isCut }) => isCut) ? await this.#page(query, true) : rows)
  }

  #page(query: ListQuery, exact: boolean): Promise<ListedRow[]> {
    const find = (field: string) => this.#field(field)
    return this.#read<ListedRow>(listQuery(this.tables.live, query, this.#place(), find, exact), 'place')
  }

  #field(field: string): Field {
    const index = this.indexes.indexOf(field)
    if (index < 0) throw new EngineError(`Read model ${this.#generation.model} has no index on ${field}.`)
    return { column: `k${index}`, place: index + 1 }
  }

  /** The first two parameters of whatever reads. */
  #place(): [string, number] {
    return [this.#generation.model, this.#generation.number]
  }

  /** @throws EngineError when the generation is not there any more */
  async #read<R extends { id: string | null }>({ sql, values }: Statement, order?: string): Promise<R[]> {
    const generations = this.#database.name('generations')
    const whole = `SELECT found.* FROM ${generations} LEFT JOIN LATERAL (${sql}) found ON true
      WHERE model = $1 AND number = $2 ${order ? `ORDER BY found.${order}` : ''}`
    const rows = await this.#database.read<R>(whole, values).catch((error: unknown) => {
      throw codeOf(error) === undefinedTable ? gone(this.#generation) : error
    })
    if (rows.length === 0) throw gone(this.#generation)
    return rows.filter(({ id }) => id !== null)
  }
}

function toPage(rows: readonly ListedRow[]): DocumentPage {
  const end = rows.findIndex(({ body }) => body === null)
  const documents = (end < 0 ? rows : rows.slice(0, end)).map(toDocument)
  return { documents, more: end >= 0 }
}

function toDocument({ id, body, stream, version }: Row | ListedRow): StoredDocument {
  return { id: id ?? '', body: body ?? undefined, stream, version }
}
