import type { Messaging } from '../emulators/queues.ts'
import type { Resource } from '../template/instantiate.ts'

/** Properties of queues that are attributes of the same name. */
const queueAttributes = [
  'FifoQueue',
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'FifoThroughputLimit',
  'DelaySeconds',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'VisibilityTimeout',
  'RedrivePolicy',
]

const topicAttributes = ['FifoTopic', 'ContentBasedDeduplication', 'FifoThroughputScope']

/**
 * Makes the queues of a template.
 *
 * @param visibility seconds, in place of what the template says
 */
export async function makeQueues(
  { sqs }: Messaging,
  queues: readonly Resource[],
  visibility: number | undefined,
): Promise<void> {
  for (const { name, properties } of queues) {
    const given = visibility === undefined ? properties : { ...properties, VisibilityTimeout: visibility }
    await sqs('CreateQueue', { QueueName: name, Attributes: attributesOf(given, queueAttributes) })
  }
}

/** Makes the topics of a template, and their subscriptions by queues. */
export async function makeTopics(
  { sns }: Messaging,
  topics: readonly Resource[],
  subscriptions: readonly Resource[],
): Promise<void> {
  for (const { name, properties } of topics) {
    await sns('CreateTopic', { Name: name, ...entries(attributesOf(properties, topicAttributes)) })
  }
  for (const { properties } of subscriptions) {
    const { TopicArn, Protocol, Endpoint } = properties
    const attributes = attributesOf(properties, ['FilterPolicy', 'FilterPolicyScope', 'RawMessageDelivery'])
    await sns('Subscribe', { TopicArn, Protocol, Endpoint, ...entries(attributes) })
  }
}

function attributesOf(properties: Resource['properties'], names: readonly string[]): Record<string, string> {
  const given = names.filter((name) => properties[name] !== undefined)
  return Object.fromEntries(given.map((name) => [name, asText(properties[name])]))
}

function asText(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** As the query protocol writes a map. */
function entries(attributes: Record<string, string>): Record<string, string> {
  const pairs = Object.entries(attributes).flatMap(([key, value], at) => [
    [`Attributes.entry.${at + 1}.key`, key],
    [`Attributes.entry.${at + 1}.value`, value],
  ])
  return Object.fromEntries(pairs)
}
