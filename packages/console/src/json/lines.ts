/** JSON as lines of small pieces, so that it can be coloured, compared and cut. */

export interface Piece {
  readonly kind: 'key' | 'text' | 'number' | 'word' | 'punctuation'
  readonly text: string
}

export interface Line {
  readonly depth: number
  readonly pieces: readonly Piece[]
}

const sign = (text: string): Piece => ({ kind: 'punctuation', text })

/** The pieces before a member's value. */
export function labelOf(key: string): readonly Piece[] {
  return [{ kind: 'key', text: JSON.stringify(key) }, sign(': ')]
}

/** The first and last line's signs of what has parts; undefined of what has none. */
export function bracketsOf(value: unknown): readonly [Piece, Piece] | undefined {
  if (Array.isArray(value)) return [sign('['), sign(']')]
  return isObject(value) ? [sign('{'), sign('}')] : undefined
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * A value as lines.
 *
 * @param label stands before it
 * @param commas whether parts are separated by commas: in a comparison they would make lines differ that are the same
 */
export function linesOf(value: unknown, depth = 0, label: readonly Piece[] = [], commas = true): Line[] {
  const brackets = bracketsOf(value)
  if (!brackets) return [{ depth, pieces: [...label, scalar(value)] }]
  const [open, close] = brackets
  const parts = partsOf(value, depth + 1, commas)
  if (parts.length === 0) return [{ depth, pieces: [...label, open, close] }]
  const separated = parts.map((lines, index) => (commas && index < parts.length - 1 ? withComma(lines) : lines))
  return [{ depth, pieces: [...label, open] }, ...separated.flat(), { depth, pieces: [close] }]
}

function partsOf(value: unknown, depth: number, commas: boolean): Line[][] {
  if (Array.isArray(value)) return value.map((item) => linesOf(item, depth, [], commas))
  const entries = Object.entries(value as object).filter(([, member]) => member !== undefined)
  return entries.map(([key, member]) => linesOf(member, depth, labelOf(key), commas))
}

function withComma(lines: readonly Line[]): Line[] {
  return lines.map((line, index) =>
    index === lines.length - 1 ? { ...line, pieces: [...line.pieces, sign(',')] } : line,
  )
}

function scalar(value: unknown): Piece {
  if (typeof value === 'string') return { kind: 'text', text: JSON.stringify(value) }
  if (typeof value === 'number') return { kind: 'number', text: String(value) }
  return { kind: 'word', text: value === undefined ? 'nothing' : JSON.stringify(value) }
}
