/**
 * What happens when nobody reads standard output any more, as in `weir timers | head`.
 *
 * A command ends without a word, with the code that a shell gives to programs that SIGPIPE ends. A server goes on: it is
 * there for others than who reads its log.
 */
const ENDED_BY_SIGPIPE = 141

export function endWithoutReader(): void {
  process.stdout.on('error', end)
}

export function goOnWithoutReader(): void {
  process.stdout.off('error', end).on('error', orThrow)
}

function end(error: NodeJS.ErrnoException): void {
  orThrow(error)
  process.exit(ENDED_BY_SIGPIPE)
}

function orThrow(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
}
