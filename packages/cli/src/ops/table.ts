import { type Painted, paint } from '../output/pretty.ts'
import { visible } from '../output/visible.ts'

/** A value, and how it is shown. Columns of numbers stand on the right; no text can steer the terminal. */
export type Cell = Value | (Pick<Painted, 'style'> & { readonly text: Value })

type Value = string | number

/** Rows in columns, below their headings. */
export function table(headings: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const head = headings.map((text): Painted => ({ style: 'bold', text }))
  const widths = headings.map((_, column) => Math.max(...[head, ...rows].map((row) => textOf(row[column]).length)))
  const isNumber = headings.map((_, column) => rows.some((row) => typeof shownBy(row[column]) === 'number'))
  const line = (cells: readonly Cell[]) =>
    cells
      .map((cell, column) => padded(cell, widths[column] ?? 0, isNumber[column] === true))
      .join('  ')
      .trimEnd()
  return `${[head, ...rows].map(line).join('\n')}\n`
}

function shownBy(cell: Cell = ''): Value {
  return typeof cell === 'object' ? cell.text : cell
}

function textOf(cell: Cell | undefined): string {
  return visible(String(shownBy(cell)))
}

function padded(cell: Cell, to: number, right: boolean): string {
  const text = textOf(cell)
  const shown = typeof cell === 'object' ? paint(cell.style, text) : text
  const space = ' '.repeat(Math.max(0, to - text.length))
  return right ? space + shown : shown + space
}
