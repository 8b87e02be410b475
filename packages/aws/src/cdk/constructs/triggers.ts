import { EventSourceMapping, type Function as LambdaFunction, StartingPosition } from 'aws-cdk-lib/aws-lambda'
import type { AppPlan, ConsumerPlan } from '../plan/types.ts'
import type { Doorbells } from './doorbells.ts'
import type { Installation } from './installation.ts'
import { overridden } from './overrides.ts'
import type { Store } from './store.ts'

/**
 * Feeds a publisher from the stream of its table. Nothing is given up: what fails is tried again, in ever smaller batches, as long
 * as the stream keeps it. One invocation a shard at a time keeps pages full: a shard takes 1,000 writes a second, and a batch of
 * them is placed in few transactions.
 */
export function feedFromStream(
  { overrides }: Installation,
  target: LambdaFunction,
  app: AppPlan,
  { events }: Store,
): EventSourceMapping {
  const props = {
    target,
    ...(events.tableStreamArn && { eventSourceArn: events.tableStreamArn }),
    startingPosition: StartingPosition.TRIM_HORIZON,
    batchSize: 500,
    parallelizationFactor: 1,
    bisectBatchOnError: true,
    reportBatchItemFailures: true,
    retryAttempts: -1,
  }
  return new EventSourceMapping(target, 'FromStream', overridden(overrides, 'eventSource', app.events, props))
}

/** Feeds a consumer from its queues. A message is worked on by one function at a time for each group. */
export function feedFromQueues(
  { overrides }: Installation,
  target: LambdaFunction,
  consumer: ConsumerPlan,
  { queues, timers }: Doorbells,
): EventSourceMapping[] {
  const { name, queue, timers: timerQueue = '' } = consumer
  const sources = [
    { id: 'FromQueue', name: queue, queue: queues[name] },
    { id: 'FromTimers', name: timerQueue, queue: timers[name] },
  ]
  return sources.flatMap(({ id, name, queue }) => {
    if (!queue) return []
    const props = { target, eventSourceArn: queue.queueArn, batchSize: 10, reportBatchItemFailures: true }
    return new EventSourceMapping(target, id, overridden(overrides, 'eventSource', name, props))
  })
}
