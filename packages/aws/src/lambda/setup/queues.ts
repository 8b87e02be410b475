import { ChangeMessageVisibilityBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'

/** What a message is sent with beside its body. */
export interface SendOptions {
  /** Seconds until it comes; of queues that are not FIFO. */
  readonly delay?: number
  /** Of FIFO queues. */
  readonly group?: string
  readonly deduplicationId?: string
}

/** A message that has been received, and when it is to come again. */
export interface ReturnedMessage {
  readonly receiptHandle: string
  /** Seconds. */
  readonly after: number
}

/** SQS takes so many at a time. */
const most = 10

/** Queues, by their URLs. */
export class Queues {
  /** At the endpoint of the region, or what stands for it: the hosts of URLs are no more than parts of names. */
  readonly #client = new SQSClient({ useQueueUrlAsEndpoint: false })

  async send(queue: string, body: string, { delay, group, deduplicationId }: SendOptions): Promise<void> {
    const command = new SendMessageCommand({
      QueueUrl: queue,
      MessageBody: body,
      DelaySeconds: delay,
      MessageGroupId: group,
      MessageDeduplicationId: deduplicationId,
    })
    await this.#client.send(command)
  }

  /** Lets received messages come again when it is said, not after the visibility timeout of their queue. */
  async returnLater(queue: string, messages: readonly ReturnedMessage[]): Promise<void> {
    for (let start = 0; start < messages.length; start += most) {
      const Entries = messages.slice(start, start + most).map(({ receiptHandle, after }, index) => ({
        Id: String(index),
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: after,
      }))
      await this.#client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queue, Entries }))
    }
  }
}
