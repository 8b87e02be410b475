/**
 * Text of unknown origin, as a terminal may show it. A terminal obeys control characters: they move its cursor, write
 * over what stands there, fill the clipboard. Those of writing direction let a line read otherwise than it is. Both are
 * shown instead, as `\x1b` and `\u{202e}`.
 */

const control = /[\p{Cc}\p{Bidi_Control}]/gu
const controlInLine = /(?![\n\t])[\p{Cc}\p{Bidi_Control}]/gu

/** Characters of a text in a column. */
const longest = 100

/** Text that stands in a line. */
export function visible(text: string): string {
  return text.replace(control, escaped)
}

/** Text that may have several lines, and tabs. */
export function visibleLines(text: string): string {
  return text.replace(controlInLine, escaped)
}

/** Text of several lines, in one. */
export function oneLine(text: string): string {
  return visible(text.replace(/\s+/g, ' '))
}

/** The beginning of a text in one line, as long as a column of a table may be. */
export function inShort(text: string): string {
  const characters = [...text.replace(/\s+/g, ' ')]
  return visible(characters.length > longest ? `${characters.slice(0, longest - 1).join('')}…` : characters.join(''))
}

/** Text as a word of a shell's command line, which is the same text again there. */
export function shellWord(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text
  if (visible(text) === text) return `'${text.replaceAll("'", "'\\''")}'`
  return `$'${text.replace(/['\\]/g, '\\$&').replace(control, asBytes)}'`
}

function escaped(character: string): string {
  const code = character.charCodeAt(0)
  return code < 0x100 ? `\\x${hex(code)}` : `\\u{${hex(code)}}`
}

function asBytes(character: string): string {
  return [...Buffer.from(character)].map((byte) => `\\x${hex(byte)}`).join('')
}

function hex(code: number): string {
  return code.toString(16).padStart(2, '0')
}
