import type { ListQuery, Scalar } from '../ports/index.ts'
import { BadRequestError } from './errors.ts'

type Sort = ListQuery['sort']

/** Where the next page begins: opaque to callers, and of use only with the sort it was made for. */
export function writePageCursor(sort: Sort, last: { readonly value: Scalar; readonly id: string }): string {
  return Buffer.from(JSON.stringify([sortName(sort), last.value, last.id])).toString('base64url')
}

/** The cursor of the page that begins behind a document. */
export function cursorBehind(sort: Sort, document: Readonly<Record<string, unknown>>): string {
  const value = (sort && document[sort.field]) ?? null
  return writePageCursor(sort, { value: value as Scalar, id: document.id as string })
}

/** @throws BadRequestError when the text is not a cursor, or one of another sort */
export function readPageCursor(sort: Sort, cursor: string): { readonly value: Scalar; readonly id: string } {
  const [name, value, id] = parse(cursor)
  const isScalar = value === null || ['string', 'number', 'boolean'].includes(typeof value)
  if (typeof id !== 'string' || !isScalar) throw malformed()
  if (name !== sortName(sort)) throw new BadRequestError('other-sort', 'The cursor was made for another sort')
  return { value: value as Scalar, id }
}

function parse(cursor: string): unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    return Array.isArray(parts) && parts.length === 3 ? parts : []
  } catch {
    return []
  }
}

function sortName(sort: Sort): string {
  return sort ? `${sort.descending ? '-' : ''}${sort.field}` : ''
}

const malformed = () =>
  new BadRequestError('malformed-cursor', 'The cursor is not one: follow the link to the next page')
