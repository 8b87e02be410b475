import * as z from 'zod'
import { type Problem, problem } from '../problems/problem.ts'

/**
 * Pages of lists that the runtime answers whole. A cursor names the place of the last item that was seen: what comes and
 * goes between two pages neither repeats nor hides what stays.
 */

export interface Page {
  readonly items: readonly unknown[]
  /** Cursor of the next page, if there is one. */
  readonly next: string | undefined
}

const DIGITS = 16
const DEFAULT_LIMIT = 100
const LARGEST_LIMIT = 1000
const LIMIT_RULE = `has to be 1 to ${LARGEST_LIMIT}`

/** The query parameters that turn pages. */
export const pageQuery: z.ZodObject<{ limit: z.ZodType<number>; cursor: z.ZodOptional<z.ZodString> }> = z.strictObject({
  limit: z
    .string()
    .regex(/^\d{1,4}$/, LIMIT_RULE)
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= LARGEST_LIMIT, LIMIT_RULE)
    .default(DEFAULT_LIMIT),
  cursor: z.string().optional(),
})

/** A place in an order by these parts. What has no part comes before what has an empty one. */
export function placeOf(...parts: readonly (string | number | undefined)[]): string {
  return parts
    .map((part) => (typeof part === 'number' ? padded(part) : part === undefined ? '' : `=${part}`))
    .join('\0')
}

function padded(part: number): string {
  return String(part).padStart(DIGITS, '0')
}

/** The items behind the cursor, at most `limit`. */
export function pageOf(
  items: readonly unknown[],
  place: (item: never) => string,
  { limit, cursor }: z.output<typeof pageQuery>,
): Page | Problem {
  const after = cursor === undefined ? undefined : readCursor(cursor)
  if (after === null) return problem('malformed-cursor')
  const placed = items.map((item) => ({ item, at: place(item as never) }))
  const ordered = placed.sort((a, b) => (a.at < b.at ? -1 : 1)).filter(({ at }) => after === undefined || at > after)
  const page = ordered.slice(0, limit)
  const last = ordered.length > limit ? page.at(-1) : undefined
  return { items: page.map(({ item }) => item), next: last && writeCursor(last.at) }
}

/** A place as a cursor shows it. */
export function writeCursor(place: string): string {
  return Buffer.from(place).toString('base64url')
}

/** Null when it is none. */
export function readCursor(cursor: string): string | null {
  const place = Buffer.from(cursor, 'base64url').toString()
  return place !== '' && writeCursor(place) === cursor ? place : null
}
