import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'
import { systemClock } from 'weir/ports'
import { retrySeconds } from '../../contract/index.ts'
import { deadlineWithin } from '../setup/deadline.ts'
import { once } from '../setup/once.ts'
import type { Settings } from '../setup/options.ts'
import { failuresOf, receivesOf, responseOf } from './batch.ts'
import type { Consumer } from './consumer.ts'

/** What takes messages from a queue. */
export type QueueHandler = (
  event: SQSEvent,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
) => Promise<SQSBatchResponse>

/** What became of what a message asks for. `more`: time was up. `failed`: it was logged why. */
export type Outcome = 'done' | 'more' | 'failed'

/** How a batch is to be worked on. */
export interface Turn {
  /** When it has to end, in milliseconds since the epoch. */
  readonly deadline: number
  /**
   * (G10) Until then it is worked carefully: a message has come again and again, so something may be killing the function.
   * What comes after is worked as always, since many messages come again only because there is much to do.
   */
  readonly carefulUntil: number | undefined
}

/** Does what the messages of a batch ask for. What it throws is logged, and all of the batch comes again. */
export type Work = (consumer: Consumer, records: readonly SQSRecord[], turn: Turn) => Promise<Outcomes>

type Outcomes = (record: SQSRecord) => Outcome

/** Of the time that is left. */
const carefulShare = 0.25

/** A message that has come so often may be killing its function. */
const suspicious = 4

/** A function that is killed has not a second longer than it was given; then what killed it may come again, in seconds. */
const afterDeath = 5

/** The longest that a message rests which met errors again and again, in seconds. */
const longestRest = 60

/**
 * Takes messages from queues.
 *
 * 1. (G3) A message whose work is not done comes again, and with it all that came later in its group.
 * 2. It comes again soon when only time was up, and later each time when something failed.
 * 3. (G10) What came again may be killing its function: if it does, all of its batch comes again soon after that. The visibility
 *    timeout is six times as long, and what kills is known by how often it came.
 */
export function queueHandler(setUp: () => Promise<Consumer>, work: Work, settings: Settings): QueueHandler {
  const started = once(setUp)
  return async (event, context) => {
    let outcomeOf: Outcomes = () => 'failed'
    if (event.Records.some((record) => receivesOf(record) > 1)) {
      const seconds = Math.ceil(context.getRemainingTimeInMillis() / 1000) + afterDeath
      await returnAfter(started, event.Records, () => seconds, settings)
    }
    try {
      outcomeOf = await work(await started(), event.Records, turnOf(event, context))
    } catch (error) {
      logFailure(settings, error)
    }
    const failures = failuresOf(event, (record) => outcomeOf(record) !== 'done')
    if (failures.length > 0) await returnAfter(started, failures, restOf(outcomeOf), settings)
    return responseOf(failures)
  }
}

/** Logs why messages come again. */
export function logFailure({ environment, logger }: Settings, error: unknown): void {
  const consumer = environment.WEIR_CONSUMER
  logger.error({ err: error, consumer }, 'messages could not be handled, and come again')
}

function turnOf({ Records: records }: SQSEvent, context: Parameters<QueueHandler>[1]): Turn {
  const isSuspicious = records.some((record) => receivesOf(record) >= suspicious)
  const carefulUntil = systemClock.now() + context.getRemainingTimeInMillis() * carefulShare
  return { deadline: deadlineWithin(context), carefulUntil: isSuspicious ? carefulUntil : undefined }
}

/** How long messages rest before they come again, in seconds. */
function restOf(outcomeOf: Outcomes): (record: SQSRecord) => number {
  return (record) => (outcomeOf(record) === 'failed' ? Math.min(longestRest, 2 ** receivesOf(record)) : retrySeconds)
}

/** That messages come again later than they could costs time, no more. */
async function returnAfter(
  started: () => Promise<Consumer>,
  all: readonly SQSRecord[],
  afterOf: (record: SQSRecord) => number,
  { logger }: Settings,
): Promise<void> {
  try {
    const { queuePlace, queues } = await started()
    for (const [queue, records] of Map.groupBy(all, ({ eventSourceARN }) => queueNameOf(eventSourceARN))) {
      const messages = records.map((record) => ({ receiptHandle: record.receiptHandle, after: afterOf(record) }))
      await queues.returnLater(queuePlace + queue, messages)
    }
  } catch (err) {
    logger.warn({ err }, 'messages come again only after the visibility timeout of their queue')
  }
}

function queueNameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf(':') + 1)
}
