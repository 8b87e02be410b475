import type { Cancel, Position } from '../ports/index.ts'
import type { TokenContent } from './token.ts'

/** How much haste is made for who watches: nobody waits for what `live` readers are shown, but they see it soon. */
export type Haste = 'waiting' | 'live'

/** What readers have to know of a projection. */
export interface Awaited {
  readonly isStopped: boolean
  /** How what a token stands for stands here (G8). */
  standing(content: TokenContent): 'reached' | 'pending' | 'parked'
  covers(position: Position): boolean
  /** Calls back whenever something may have changed, and makes haste until it is unsubscribed by what it returns. */
  watch(onProgress: () => void): Cancel
  /** Looks at the feed now. */
  wake(): void
}

/** Resolves when something may have changed. */
export function progressOf(awaited: Pick<Awaited, 'watch' | 'wake'>): Promise<void> {
  return new Promise((resolve) => {
    const unwatch = awaited.watch(() => {
      unwatch()
      resolve()
    })
    awaited.wake()
  })
}
