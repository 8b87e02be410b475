import { setTimeout as pause } from 'node:timers/promises'
import type { Messaging } from '../emulators/queues.ts'
import type { LambdaFunction } from '../lambda/function.ts'
import { failedItems, type Mapping } from './mapping.ts'

export interface QueueMappingOptions {
  readonly queue: { readonly url: string; readonly arn: string; readonly region: string }
  readonly batchSize: number
  /** Batches at the same time. */
  readonly concurrency: number
  readonly isPartial: boolean
  /** Told when the queue could not be asked; it is asked again. */
  readonly failed: (error: unknown) => void
}

interface Message {
  readonly MessageId: string
  readonly ReceiptHandle: string
  readonly Body: string
  readonly MD5OfBody: string
  readonly Attributes?: Readonly<Record<string, string>>
  readonly MessageAttributes?: Readonly<
    Record<string, { DataType: string; StringValue?: string; BinaryValue?: string }>
  >
}

/** Seconds that one request for messages waits for some. */
const longPoll = 20

/** Milliseconds until a queue that could not be asked is asked again. */
const again = 1_000

/**
 * Hands the messages of a queue to a function.
 *
 * 1. What was handled is deleted; what was not comes again when its visibility timeout is over.
 * 2. Of a FIFO group one batch is under way at a time: the queue gives no more of it until then.
 */
export function mapQueue(messaging: Messaging, target: LambdaFunction, options: QueueMappingOptions): Mapping {
  const underWay = new Set<Promise<void>>()
  let isStopped = false
  const poll = async () => {
    while (!isStopped) {
      const messages = await receive(messaging, options)
      if (messages.length === 0 || isStopped) continue
      const handling = handle(messaging, target, options, messages).finally(() => underWay.delete(handling))
      underWay.add(handling)
      if (underWay.size >= options.concurrency) await Promise.race(underWay)
    }
  }
  const goOn = async (error: unknown): Promise<void> => {
    if (isStopped) return
    options.failed(error)
    await pause(again)
    return poll().catch(goOn)
  }
  void poll().catch(goOn)
  return {
    caughtUp: async () => {},
    stop: async () => {
      isStopped = true
      await Promise.allSettled(underWay)
    },
  }
}

async function receive({ sqs }: Messaging, { queue, batchSize }: QueueMappingOptions): Promise<readonly Message[]> {
  const { Messages = [] } = await sqs<{ Messages?: Message[] }>('ReceiveMessage', {
    QueueUrl: queue.url,
    MaxNumberOfMessages: Math.min(batchSize, 10),
    WaitTimeSeconds: longPoll,
    AttributeNames: ['All'],
    MessageAttributeNames: ['All'],
  })
  return Messages
}

async function handle(
  messaging: Messaging,
  target: LambdaFunction,
  { queue, isPartial }: QueueMappingOptions,
  messages: readonly Message[],
): Promise<void> {
  const ids = new Set(messages.map(({ MessageId }) => MessageId))
  const invoked = await target.invoke({ Records: messages.map((message) => recordOf(message, queue)) })
  const failed = failedItems(invoked, ids, isPartial) ?? [...ids]
  const handled = messages.filter(({ MessageId }) => !failed.includes(MessageId))
  if (handled.length === 0) return
  await messaging.sqs('DeleteMessageBatch', {
    QueueUrl: queue.url,
    Entries: handled.map(({ MessageId, ReceiptHandle }) => ({ Id: MessageId, ReceiptHandle })),
  })
}

function recordOf(message: Message, { arn, region }: QueueMappingOptions['queue']): object {
  const attributes = Object.entries(message.MessageAttributes ?? {}).map(
    ([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      {
        dataType: DataType,
        stringValue: StringValue,
        binaryValue: BinaryValue,
        stringListValues: [],
        binaryListValues: [],
      },
    ],
  )
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes ?? {},
    messageAttributes: Object.fromEntries(attributes),
    md5OfBody: message.MD5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: arn,
    awsRegion: region,
  }
}
