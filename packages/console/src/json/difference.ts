import { bracketsOf, isObject, type Line, labelOf, linesOf, type Piece } from './lines.ts'
import { pairsOf } from './pairs.ts'

/** A line of a comparison: there before and after, only after, or only before. */
export interface DiffLine extends Line {
  readonly sign: ' ' | '+' | '-'
}

/** Compares two values of JSON, part by part. `undefined` is what was not there. */
export function differenceOf(before: unknown, after: unknown): DiffLine[] {
  return compare(before, after, 0, [])
}

/** How many lines came and went. */
export function extentOf(lines: readonly DiffLine[]): { readonly added: number; readonly removed: number } {
  const many = (wanted: DiffLine['sign']) => lines.filter(({ sign }) => sign === wanted).length
  return { added: many('+'), removed: many('-') }
}

function isSame(one: unknown, other: unknown): boolean {
  return one === other || stable(one) === stable(other)
}

/** The text of a value, whatever the order of its members. */
function stable(value: unknown): string | undefined {
  return JSON.stringify(value, (_, part) =>
    isObject(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
  )
}

function compare(before: unknown, after: unknown, depth: number, label: readonly Piece[]): DiffLine[] {
  if (isSame(before, after)) return signed(' ', linesOf(after, depth, label, false))
  const parts = partsOf(before, after, depth + 1)
  const [open, close] = bracketsOf(after) ?? []
  if (!parts || !open || !close) {
    return [
      ...(before === undefined ? [] : signed('-', linesOf(before, depth, label, false))),
      ...(after === undefined ? [] : signed('+', linesOf(after, depth, label, false))),
    ]
  }
  const line = (pieces: readonly Piece[]): DiffLine => ({ sign: ' ', depth, pieces })
  return [line([...label, open]), ...parts, line([close])]
}

/** What two values of a kind have inside; undefined when they have nothing in common. */
function partsOf(before: unknown, after: unknown, depth: number): DiffLine[] | undefined {
  if (Array.isArray(before) && Array.isArray(after))
    return pairsOf(before, after).flatMap(([one, other]) => compare(one, other, depth, []))
  if (!isObject(before) || !isObject(after)) return undefined
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return keys
    .map((key) => [key, memberOf(before, key), memberOf(after, key)] as const)
    .filter(([, one, other]) => one !== undefined || other !== undefined)
    .flatMap(([key, one, other]) => compare(one, other, depth, labelOf(key)))
}

/** Data may have names that every object has something behind, such as `valueOf`. */
function memberOf(value: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined
}

function signed(sign: DiffLine['sign'], lines: readonly Line[]): DiffLine[] {
  return lines.map((line) => ({ ...line, sign }))
}
