const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPENING = new Set([0x5b, 0x7b])
const CLOSING = new Set([0x5d, 0x7d])

/**
 * Whether a JSON text nests arrays and objects deeper than `deepest`. Who walks such a value recursively would overflow
 * the stack.
 */
export function isNestedDeeper(text: string, deepest: number): boolean {
  if (text.length <= deepest * 2) return false
  let depth = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === QUOTE) index = endOfString(text, index)
    else if (OPENING.has(code) && ++depth > deepest) return true
    else if (CLOSING.has(code)) depth--
  }
  return false
}

function endOfString(text: string, start: number): number {
  let index = start + 1
  while (index < text.length && text.charCodeAt(index) !== QUOTE) index += text.charCodeAt(index) === BACKSLASH ? 2 : 1
  return index
}
