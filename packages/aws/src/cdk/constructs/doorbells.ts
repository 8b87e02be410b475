import { Duration } from 'aws-cdk-lib'
import { FifoThroughputScope, SubscriptionFilter, Topic } from 'aws-cdk-lib/aws-sns'
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import { DeduplicationScope, FifoThroughputLimit, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { aggregateAttribute, type ConsumerKind, kindAttribute } from '../../contract/index.ts'
import type { AppPlan, ConsumerPlan } from '../plan/types.ts'
import type { Installation } from './installation.ts'
import { justify } from './justify.ts'
import { overridden } from './overrides.ts'

/**
 * The topic of an application and the queues of its consumers. None has a redrive queue: what cannot be handled is parked by the
 * consumer itself (G10), and a doorbell that was set aside would only be one that nobody hears.
 */
export class Doorbells extends Construct {
  readonly topic: Topic
  /** By the names of projections and policies. */
  readonly queues: Readonly<Record<string, Queue>>
  /** By the names of policies. */
  readonly timers: Readonly<Record<string, Queue>>

  constructor(scope: Construct, id: string, installation: Installation, app: AppPlan) {
    super(scope, id)
    this.topic = topicOf(this, installation, app)
    const { consumers } = app
    this.queues = Object.fromEntries(consumers.map((one) => [one.name, this.#queue(installation, one)]))
    this.timers = Object.fromEntries(
      consumers.flatMap((one) => (one.timers ? [[one.name, timersOf(this, installation, one, one.timers)]] : [])),
    )
  }

  #queue(installation: Installation, consumer: ConsumerPlan): Queue {
    const { app, name, role, aggregates, queue: queueName } = consumer
    const queue = madeQueue(this, name, installation, consumer, {
      queueName,
      fifo: true,
      contentBasedDeduplication: false,
      deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
      fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
    })
    const kind: ConsumerKind = role === 'policy' ? 'policies' : 'projections'
    const filterPolicy = {
      [aggregateAttribute]: SubscriptionFilter.stringFilter({ allowlist: [...aggregates] }),
      [kindAttribute]: SubscriptionFilter.stringFilter({ allowlist: [kind] }),
    }
    this.topic.addSubscription(new SqsSubscription(queue, { rawMessageDelivery: true, filterPolicy }))
    installation.references.set(`queue/${app}/${name}`, [queue.queueArn], queue.queueUrl)
    return queue
  }
}

function topicOf(scope: Construct, { references, overrides }: Installation, app: AppPlan): Topic {
  const props = {
    // CDK adds the ending itself.
    topicName: app.topic.replace(/\.fifo$/, ''),
    fifo: true,
    contentBasedDeduplication: false,
    fifoThroughputScope: FifoThroughputScope.MESSAGE_GROUP,
    enforceSSL: true,
  }
  const topic = new Topic(scope, 'Topic', overridden(overrides, 'topic', app.topic, props))
  references.set(`topic/${app.name}`, [topic.topicArn])
  return topic
}

function timersOf(scope: Construct, installation: Installation, consumer: ConsumerPlan, queueName: string): Queue {
  const queue = madeQueue(scope, `${consumer.name}_timers`, installation, consumer, { queueName })
  installation.references.set(`timers/${consumer.app}/${consumer.name}`, [queue.queueArn], queue.queueUrl)
  return queue
}

type Own = Pick<
  ConstructorParameters<typeof Queue>[2] & object,
  'queueName' | 'fifo' | 'contentBasedDeduplication' | 'deduplicationScope' | 'fifoThroughputLimit'
>

function madeQueue(scope: Construct, id: string, installation: Installation, consumer: ConsumerPlan, own: Own): Queue {
  const props = {
    ...own,
    visibilityTimeout: Duration.seconds(consumer.visibilitySeconds),
    // A doorbell that is that old has been rung anew by the sweep, many times.
    retentionPeriod: Duration.days(4),
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
  }
  const queue = new Queue(scope, id, overridden(installation.overrides, 'queue', own.queueName ?? id, props))
  justify(queue, {
    SQS3: 'What cannot be handled is parked by the consumer itself (G10); a doorbell set aside helps nobody',
  })
  return queue
}

/** `charge-card` as an id of a construct. */
export function pascalCase(name: string): string {
  return name.replaceAll(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}
