import { createHash } from 'node:crypto'
import { escapeIdentifier } from 'pg'
import type { Generation } from 'weir/ports'
import type { Database } from './database.ts'

/** Names of PostgreSQL end after 63 bytes; a model's is one part of them. */
const maxModelLength = 40

/** The names of one generation's tables, quoted, with their schema. */
export interface Tables {
  /** The documents: `"box-office"."doc_concerts_1"`. */
  readonly live: string
  /** The tombstones: `"box-office"."doc_concerts_1_gone"`. */
  readonly gone: string
}

/** The name of a generation's table of documents. */
export function tableName({ model, number }: Generation): string {
  const isPlain = Buffer.byteLength(model) <= maxModelLength && !model.includes('~')
  const name = isPlain ? model : `~${createHash('sha256').update(model).digest('hex').slice(0, 32)}`
  return `doc_${name}_${number}`
}

export function tablesOf(database: Database, generation: Generation): Tables {
  const name = tableName(generation)
  return { live: database.name(name), gone: database.name(`${name}_gone`) }
}

/** The name of a table's index; it is in the schema of the table. */
export function indexName(generation: Generation, column: string): string {
  return escapeIdentifier(`${tableName(generation)}_${column}`)
}
