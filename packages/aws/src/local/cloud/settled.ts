import { setTimeout as pause } from 'node:timers/promises'
import type { Messaging } from '../emulators/queues.ts'
import type { LambdaFunction } from '../lambda/function.ts'
import type { Mapping } from '../mappings/mapping.ts'

interface Moving {
  readonly mappings: readonly Mapping[]
  readonly functions: readonly LambdaFunction[]
  /** URLs of queues. */
  readonly queues: readonly string[]
  readonly messaging: Messaging
}

/** Milliseconds between two looks. */
const look = 10

/**
 * Waits until everything has come to rest: streams are read to their ends, no message is to be handled, and no function runs.
 * Messages that were sent for later are not waited for.
 */
export async function settled(moving: Moving): Promise<void> {
  const invocations = () => moving.functions.reduce((sum, each) => sum + each.invocations, 0)
  for (let before = -1; ; ) {
    await Promise.all(moving.mappings.map((mapping) => mapping.caughtUp()))
    const isQuiet = moving.functions.every(({ underWay }) => underWay === 0) && (await areEmpty(moving))
    // What ran between two looks may have written, sent or started something.
    if (isQuiet && invocations() === before) return
    before = isQuiet ? invocations() : -1
    if (!isQuiet) await pause(look)
  }
}

async function areEmpty({ queues, messaging }: Moving): Promise<boolean> {
  for (const QueueUrl of queues) {
    const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible']
    const { Attributes } = await messaging.sqs<{ Attributes: Record<string, string> }>('GetQueueAttributes', {
      ...{ QueueUrl, AttributeNames },
    })
    if (Object.values(Attributes).some((count) => Number(count) > 0)) return false
  }
  return true
}
