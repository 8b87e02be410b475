import type { CloudServer } from './serve-on-aws.ts'

/**
 * Hands every batch of a consumer over twice, first in reverse order.
 *
 * @returns ends that
 */
export function comeTwice(consumer: CloudServer['cloud']['functions'][number]): () => void {
  return consumer.intercept(async (event, next) => {
    const { Records } = event as { Records: readonly unknown[] }
    await next({ Records: Records.toReversed() })
    return next(event)
  })
}
