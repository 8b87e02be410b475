import { stripVTControlCharacters } from 'node:util'
import { paint } from '../output/pretty.ts'

/** Numbers stand on the right, texts on the left. */
export type Cell = string | number

/** Rows in columns, below their headings. */
export function table(headings: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const texts = rows.map((row) => row.map(String))
  const widths = headings.map((heading, column) => Math.max(heading.length, ...texts.map((row) => width(row[column]))))
  const isNumber = headings.map((_, column) => rows.some((row) => typeof row[column] === 'number'))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => padded(cell, widths[column] ?? 0, isNumber[column] === true))
      .join('  ')
      .trimEnd()
  const head = paint('bold', line(headings))
  return `${[head, ...texts.map(line)].join('\n')}\n`
}

function width(text = ''): number {
  return stripVTControlCharacters(text).length
}

function padded(text: string, to: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, to - width(text)))
  return right ? space + text : text + space
}
