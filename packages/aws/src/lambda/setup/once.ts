/**
 * Sets something up at the first call, for all calls that follow. What failed is tried again by the next call: an
 * environment that was started while a database was asleep is as good as any later.
 */
export function once<T>(setUp: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= setUp().catch((error: unknown) => {
      made = undefined
      throw error
    })
    return made
  }
}
