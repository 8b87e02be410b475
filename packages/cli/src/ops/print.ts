import { paint } from '../output/pretty.ts'
import { type Cell, table } from './table.ts'

/** Writes a line for people. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** Writes what programs read. */
export function sayJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`)
}

/** Writes a table, or why there is none. */
export function sayTable(headings: readonly string[], rows: readonly (readonly Cell[])[], none: string): void {
  if (rows.length === 0) say(none)
  else process.stdout.write(table(headings, rows))
}

/** A hint below what was asked for. */
export function sayHint(text: string): void {
  say(`\n${paint('yellow', '→')} ${text}`)
}
