import type { SQSEvent, SQSRecord } from 'aws-lambda'
import { type Doorbell, encodeDoorbell } from '../../contract/index.ts'

/** What of a message a test cares for. */
export interface Received {
  readonly id?: string
  readonly body: string
  /** Undefined: of a queue that is not FIFO. */
  readonly group?: string | undefined
  readonly receives?: number
  readonly queue?: string
}

/** Messages as the event source mapping of a queue hands them over. */
export function sqsEvent(...messages: readonly Received[]): SQSEvent {
  return { Records: messages.map(recordOf) }
}

/** A doorbell as its publisher rings it. */
export function rung(doorbell: Doorbell, message: Omit<Received, 'body'> = {}): Received {
  return { body: encodeDoorbell(doorbell), group: `lane-${doorbell.lane}`, ...message }
}

function recordOf({ id, body, group, receives = 1, queue = 'cafe_orders.fifo' }: Received, index: number): SQSRecord {
  const messageId = id ?? `message-${index}`
  return {
    messageId,
    receiptHandle: `handle of ${messageId}`,
    body,
    attributes: {
      ApproximateReceiveCount: String(receives),
      SentTimestamp: '1573251510774',
      SenderId: 'AIDAIENQZJOLO23YVJ4VO',
      ApproximateFirstReceiveTimestamp: '1573251510774',
      ...(group !== undefined && { MessageGroupId: group, SequenceNumber: '18849496460467696128' }),
    },
    messageAttributes: {},
    md5OfBody: 'e4e68fb7bd0e697a0ae8f1bb342846b3',
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:eu-central-1:123456789012:${queue}`,
    awsRegion: 'eu-central-1',
  }
}
