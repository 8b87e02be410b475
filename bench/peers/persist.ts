/**
 * Tries until it succeeds, and counts by their message, with n for numbers, the failures that may be tried again.
 */
export async function persist<Result>(
  failures: Map<string, number>,
  mayTryAgain: (error: Error) => boolean,
  once: () => Promise<Result>,
): Promise<Result> {
  for (;;) {
    try {
      return await once()
    } catch (error) {
      if (!(error instanceof Error) || !mayTryAgain(error)) throw error
      const key = `${error.name}: ${error.message}`.replaceAll(/\d+/g, 'n')
      failures.set(key, (failures.get(key) ?? 0) + 1)
    }
  }
}
