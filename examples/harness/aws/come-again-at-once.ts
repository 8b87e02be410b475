import type { CloudServer } from './serve-on-aws.ts'

interface Batch {
  readonly Records: readonly { readonly attributes: { readonly ApproximateReceiveCount: string } }[]
}

/**
 * Lets the messages of a consumer that died come again at once, each time as having come once more, until it lives. The queue would do
 * the same, a minute later each time. One batch is under way at a time: the queue of a test may give it again meanwhile.
 *
 * @param most how often they come in all
 * @returns leaves it to the queue again
 */
export function comeAgainAtOnce(consumer: CloudServer['cloud']['functions'][number], most = 10): () => void {
  let before: Promise<unknown> = Promise.resolve()
  return consumer.intercept((event, next) => {
    const come = async () => {
      let invoked = await next(event)
      for (let more = 1; invoked.kind !== 'answered' && more < most; more++)
        invoked = await next(comingAgain(event as Batch, more))
      return invoked
    }
    const invoked = before.then(come)
    before = invoked.catch(() => {})
    return invoked
  })
}

function comingAgain({ Records: records }: Batch, more: number): Batch {
  return {
    Records: records.map(({ attributes, ...record }) => {
      const ApproximateReceiveCount = String(Number(attributes.ApproximateReceiveCount) + more)
      return { ...record, attributes: { ...attributes, ApproximateReceiveCount } }
    }),
  }
}
