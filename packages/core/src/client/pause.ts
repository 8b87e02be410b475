/** The longest pause between two attempts, in milliseconds. */
const LONGEST = 8_000

/**
 * How long to wait before the next attempt, in milliseconds: doubled each time, and by chance up to half as long, so that
 * those who were cut off together do not come again together.
 *
 * @param failures in a row, from 1
 */
export function backoff(failures: number): number {
  const longest = Math.min(LONGEST, 250 * 2 ** failures)
  return longest * (0.5 + Math.random() / 2)
}

/** Waits, for infinity if that is said, and no longer once the signal fires. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const end = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = Number.isFinite(milliseconds) ? setTimeout(end, milliseconds) : undefined
    signal?.addEventListener('abort', end)
  })
}
