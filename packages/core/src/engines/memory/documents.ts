import type { DocumentPage, Filter, ListQuery, Scalar, StoredDocument } from '../../ports/index.ts'
import { EngineError } from '../../ports/index.ts'

interface Entry {
  readonly stored: StoredDocument
  readonly fields: Readonly<Record<string, unknown>>
}

/** A page ends with the document that exceeds this many characters: so callers meet short pages in their tests, too. */
const MAX_PAGE_SIZE = 4 * 1024 * 1024

/** The documents of one generation, tombstones included. */
export class Documents {
  readonly #model: string
  readonly #indexes: ReadonlySet<string>
  readonly #entries = new Map<string, Entry>()

  constructor(model: string, indexes: readonly string[]) {
    this.#model = model
    this.#indexes = new Set(indexes)
  }

  save(stored: StoredDocument): void {
    const fields: Record<string, unknown> = stored.body === undefined ? {} : JSON.parse(stored.body)
    this.#entries.set(stored.id, { stored, fields })
  }

  purge(id: string): void {
    this.#entries.delete(id)
  }

  load(id: string): StoredDocument | undefined {
    return this.#entries.get(id)?.stored
  }

  /** A page of the live documents that pass all filters, behind `after`, in order. */
  list({ filters, sort, limit, after }: ListQuery): DocumentPage {
    for (const field of [...filters.map((filter) => filter.field), ...(sort ? [sort.field] : [])]) this.#require(field)
    const direction = sort?.descending ? -1 : 1
    const key = ({ stored, fields }: Entry): Key => ({ value: sort ? scalar(fields[sort.field]) : null, id: stored.id })
    const start: Key | undefined = after && { value: sort ? after.value : null, id: after.id }
    const all = [...this.#entries.values()]
      .filter((entry) => entry.stored.body !== undefined && filters.every((filter) => passes(entry, filter)))
      .map((entry) => ({ stored: entry.stored, key: key(entry) }))
      .filter((candidate) => !start || direction * compareKeys(candidate.key, start) > 0)
      .sort((a, b) => direction * compareKeys(a.key, b.key))
      .map(({ stored }) => stored)
    const documents = beginning(all, limit)
    return { documents, more: documents.length < all.length }
  }

  #require(field: string): void {
    if (!this.#indexes.has(field)) throw new EngineError(`Read model ${this.#model} has no index on ${field}.`)
  }
}

function beginning(all: readonly StoredDocument[], limit: number): StoredDocument[] {
  let size = 0
  const end = all.findIndex(({ body = '' }, index) => {
    const isFull = index === limit || size >= MAX_PAGE_SIZE
    size += body.length
    return isFull
  })
  return all.slice(0, end < 0 ? all.length : end)
}

interface Key {
  readonly value: Scalar
  readonly id: string
}

/** The whole order turns when it descends, ties too: so a page can be read from one index, in either direction. */
function compareKeys(a: Key, b: Key): number {
  return compareScalars(a.value, b.value) || compareText(a.id, b.id)
}

/** Only `eq` finds null: a document that lacks a value is neither before nor behind any other. */
function passes({ fields }: Entry, { field, operator, value }: Filter): boolean {
  const own = scalar(fields[field])
  if (operator === 'eq') return compareScalars(own, value) === 0
  if (own === null || value === null) return false
  const order = compareScalars(own, value)
  if (operator === 'gt') return order > 0
  if (operator === 'gte') return order >= 0
  return operator === 'lt' ? order < 0 : order <= 0
}

function scalar(value: unknown): Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null
}

function compareScalars(a: Scalar, b: Scalar): number {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b)
  return rank(a) - rank(b) || Number(a) - Number(b) || 0
}

/** A field holds one kind of value, or null; should it hold several all the same, their order is this. */
function rank(value: Scalar): number {
  return value === null ? 0 : typeof value === 'string' ? 2 : 1
}

/** Text in the order of its UTF-8 bytes: what every database can do, and the same on all of them. */
export function compareText(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b))
}
