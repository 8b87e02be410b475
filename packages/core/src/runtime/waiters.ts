import type { Clock } from '../ports/index.ts'
import type { Awaited } from './awaited.ts'
import { stopping, UnavailableError } from './errors.ts'
import type { TokenContent } from './token.ts'
import type { Consistency, ReadOptions } from './types.ts'

const DEFAULT_WAIT = 5000
const MOST_WAITING = 10_000

/**
 * The reads of an application that wait for what their tokens stand for (G8).
 *
 * 1. Anybody can wait, with tokens that name many streams: so after a batch each looks at the one stream that held it up,
 *    and at that only once the position is covered. All streams are looked at again when that one no longer does.
 * 2. Only so many wait at a time; who comes then is told to come again.
 */
export class Waiters {
  readonly #clock: Clock
  #count = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @throws UnavailableError when too many wait already, or the application is stopping */
  async wait(awaited: Awaited, contents: readonly TokenContent[], options: ReadOptions): Promise<Consistency> {
    const standing = standingOf(awaited, contents)
    if (standing !== 'pending') return standing
    if (awaited.isStopped) throw stopping()
    if (options.signal?.aborted || options.wait === 0) return 'timed-out'
    if (this.#count >= MOST_WAITING) throw new UnavailableError('Too many reads are waiting for what was written')
    this.#count += 1
    try {
      return await this.#progress(awaited, contents, options)
    } finally {
      this.#count -= 1
    }
  }

  #progress(
    awaited: Awaited,
    contents: readonly TokenContent[],
    { wait = DEFAULT_WAIT, signal }: ReadOptions,
  ): Promise<Consistency> {
    return new Promise((resolve, reject) => {
      let obstacle = obstacleOf(awaited, contents)
      const conclude = (settle: () => void) => {
        unwatch()
        cancel()
        signal?.removeEventListener('abort', end)
        settle()
      }
      const end = () => conclude(() => resolve(timedOut(awaited, contents)))
      const unwatch = awaited.watch(() => {
        const { isStopped } = awaited
        if (!isStopped && obstacle && isInTheWay(awaited, obstacle)) return
        const standing = standingOf(awaited, contents)
        if (standing !== 'pending') conclude(() => resolve(standing))
        else if (isStopped) conclude(() => reject(stopping()))
        else obstacle = obstacleOf(awaited, contents)
      })
      const cancel = this.#clock.after(wait, end)
      signal?.addEventListener('abort', end)
      awaited.wake()
    })
  }
}

function standingOf(awaited: Awaited, contents: readonly TokenContent[]): 'reached' | 'pending' | 'parked' {
  const standings = contents.map((content) => awaited.standing(content))
  if (standings.includes('parked')) return 'parked'
  return standings.includes('pending') ? 'pending' : 'reached'
}

/** The first stream that is not reached, as a content of its own. */
function obstacleOf(awaited: Awaited, contents: readonly TokenContent[]): TokenContent | undefined {
  for (const { streams, position } of contents) {
    for (const stream of streams) {
      const content = { streams: [stream], position }
      if (awaited.standing(content) === 'pending') return content
    }
  }
  return undefined
}

function isInTheWay(awaited: Awaited, obstacle: TokenContent): boolean {
  return !awaited.covers(obstacle.position) || awaited.standing(obstacle) === 'pending'
}

/** A stream may have been parked while another one was in the way. */
function timedOut(awaited: Awaited, contents: readonly TokenContent[]): Consistency {
  return standingOf(awaited, contents) === 'parked' ? 'parked' : 'timed-out'
}
