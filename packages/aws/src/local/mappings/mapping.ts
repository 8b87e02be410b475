import type { Invoked } from '../lambda/function.ts'

/** What feeds a function from a queue or a stream. */
export interface Mapping {
  /** Resolves when all that is there now has been handed over. Queues tell themselves what they hold. */
  caughtUp(): Promise<void>
  /** Lets invocations that run come to their end, and begins no other. */
  stop(): Promise<void>
}

/**
 * Which of the items of a batch were not handled, from what a function has answered.
 *
 * @param isPartial whether the mapping takes reports of single items; else a batch succeeds or fails as a whole
 * @returns their identifiers, none when all were; undefined when the whole batch has failed
 */
export function failedItems(invoked: Invoked, known: ReadonlySet<string>, isPartial: boolean): string[] | undefined {
  if (invoked.kind !== 'answered') return undefined
  if (!isPartial) return []
  const { batchItemFailures = [] } = (invoked.payload ?? {}) as {
    batchItemFailures?: readonly { itemIdentifier?: string }[]
  }
  const failed = batchItemFailures.map(({ itemIdentifier = '' }) => itemIdentifier)
  // As on AWS, an identifier that is none of the batch fails all of it.
  return failed.every((item) => known.has(item)) ? failed : undefined
}
