import * as fc from 'fast-check'
import type { Filter, ListQuery, Scalar, StoredDocument } from 'weir/ports'
import { name } from '../arbitraries.ts'

export interface Fields {
  text: fc.Arbitrary<Scalar>
  number: fc.Arbitrary<Scalar>
  flag: fc.Arbitrary<Scalar>
}

/** The fields of the documents under test, each with values of its kind; few, so that there are ties. */
export const fields: Fields = {
  text: fc.option(fc.oneof(fc.constantFrom('a', 'b', 'ab', 'B', 'é', '\uffff', '\u{10000}'), name)),
  number: fc.option(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true, noDefaultInfinity: true }))),
  flag: fc.option(fc.boolean()),
}

/** What `list` gives when all pages are read, as simply as it can be said. */
export function expectedList(documents: readonly StoredDocument[], { filters, sort }: ListQuery): StoredDocument[] {
  const direction = sort?.descending ? -1 : 1
  const key = (document: StoredDocument) => (sort ? value(document, sort.field) : null)
  return documents
    .filter((document) => filters.every((filter) => passes(value(document, filter.field), filter)))
    .toSorted((a, b) => direction * (compare(key(a), key(b)) || compare(a.id, b.id)))
}

function value(document: StoredDocument, field: string): Scalar {
  return JSON.parse(document.body ?? '')[field] ?? null
}

function passes(own: Scalar, { operator, value: wanted }: Filter): boolean {
  const order = compare(own, wanted)
  if (operator === 'eq') return order === 0
  if (own === null || wanted === null) return false
  return { gt: order > 0, gte: order >= 0, lt: order < 0, lte: order <= 0 }[operator]
}

/** Compares values of one kind, or null, which comes before all. */
function compare(a: Scalar, b: Scalar): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null)
  if (typeof a === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(String(b)))
  return a === b ? 0 : Number(a) < Number(b) ? -1 : 1
}
