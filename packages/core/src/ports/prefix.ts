const HIGHEST = 0x10ffff
const BEFORE_SURROGATES = 0xd7ff
const AFTER_SURROGATES = 0xe000

/**
 * The first text, in the order of UTF-8 bytes, behind all that begin with a prefix: engines find those with a range of
 * their index. Undefined when nothing can be behind them.
 */
export function endOfPrefix(prefix: string): string | undefined {
  const characters = [...prefix]
  for (let last = characters.pop(); last !== undefined; last = characters.pop()) {
    const code = last.codePointAt(0) as number
    if (code === HIGHEST) continue
    const next = code === BEFORE_SURROGATES ? AFTER_SURROGATES : code + 1
    return characters.join('') + String.fromCodePoint(next)
  }
  return undefined
}
