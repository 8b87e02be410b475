import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda'

/**
 * What of a batch of messages has to come again.
 *
 * 1. In a FIFO queue the messages of a group come in order: with one that failed, all later ones of its group have to come
 *    again, in the same order. Messages without a group stand for themselves.
 */
export function failuresOf({ Records: records }: SQSEvent, hasFailed: (record: SQSRecord) => boolean): SQSRecord[] {
  const broken = new Set<string>()
  return records.filter((record) => {
    const group = record.attributes.MessageGroupId
    const isFailure = hasFailed(record) || (group !== undefined && broken.has(group))
    if (isFailure && group !== undefined) broken.add(group)
    return isFailure
  })
}

/** The answer of a function that takes messages from a queue. */
export function responseOf(failures: readonly SQSRecord[]): SQSBatchResponse {
  return { batchItemFailures: failures.map(({ messageId }) => ({ itemIdentifier: messageId })) }
}

/** How often a message has come, this time included. */
export function receivesOf(record: SQSRecord): number {
  return Number(record.attributes.ApproximateReceiveCount) || 1
}
