import type { DiffLine } from './difference.ts'

/** Lines that are the same are shown so many before and after what is not. */
const context = 2

/** Takes out what is the same, but for the lines around what is not; says how many lines that were. */
export function cutSame(lines: readonly DiffLine[]): DiffLine[] {
  const kept = lines.map(({ sign }, index) => sign !== ' ' || isNear(lines, index))
  return lines.flatMap((line, index) => {
    if (kept[index]) return [line]
    if (index > 0 && !kept[index - 1]) return []
    const next = kept.indexOf(true, index)
    return [cut(line.depth, (next < 0 ? lines.length : next) - index)]
  })
}

function isNear(lines: readonly DiffLine[], index: number): boolean {
  return lines.slice(Math.max(0, index - context), index + context + 1).some(({ sign }) => sign !== ' ')
}

function cut(depth: number, many: number): DiffLine {
  const text = `… ${many} ${many === 1 ? 'line' : 'lines'} the same`
  return { sign: ' ', depth, pieces: [{ kind: 'punctuation', text }] }
}
