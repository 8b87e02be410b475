import { count, counted, duration } from '../ops/words.ts'
import { paint } from '../output/pretty.ts'
import { visible } from '../output/visible.ts'
import type { Comparison } from './compare.ts'
import type { Copied } from './copy-log.ts'

const good = paint('green', '✓')
const bad = paint('red', '✗')

/** How many streams are named. */
const shown = 5
/** How much of a digest people compare. */
const digits = 16

/** Whether both stores hold the same. */
export function isSame({ differing, areCommandsSame }: Comparison): boolean {
  return differing.length === 0 && areCommandsSame
}

/**
 * What has become of a copy, for people.
 *
 * @param hasMoved whether the source was written to meanwhile
 */
export function linesOf(comparison: Comparison, copied: Copied | undefined, hasMoved: boolean): string[] {
  const done = copied ? [`  ${counted(copied.events, 'event')} copied in ${duration(copied.milliseconds / 1000)}`] : []
  return [...done, ...outcome(comparison), ...(hasMoved ? moved : [])]
}

const moved = [`  ${bad} The source was written to meanwhile: stop the application, and copy again.`]

function outcome(comparison: Comparison): string[] {
  const { source, target, digest } = comparison
  if (isSame(comparison)) return [`  ${good} both hold ${contentOf(source)}: ${digest.slice(0, digits)}`]
  return [
    `  ${bad} they differ: the source holds ${contentOf(source)},`,
    `    the target ${contentOf(target)}`,
    ...(comparison.areCommandsSame ? [] : ['    records of commands differ']),
    ...streamLines(comparison.differing),
  ]
}

function contentOf({ events, commits, commands }: Comparison['source']): string {
  return `${counted(events, 'event')} in ${counted(commits, 'commit')}, and ${counted(commands, 'command')}`
}

function streamLines(differing: readonly string[]): string[] {
  if (differing.length === 0) return []
  const more = differing.length - shown
  return [
    `    ${counted(differing.length, 'stream')} that ${differing.length === 1 ? 'is' : 'are'} not the same:`,
    ...differing.slice(0, shown).map((stream) => `      ${visible(stream)}`),
    ...(more > 0 ? [`      and ${count(more)} more`] : []),
  ]
}
