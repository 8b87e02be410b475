import { PublishBatchCommand, type PublishBatchRequestEntry, SNSClient } from '@aws-sdk/client-sns'
import type { PlacedPage } from '@weir/engine-dynamodb'
import type { Logger } from 'weir/ports'
import { aggregateAttribute, type ConsumerKind, encodeDoorbell, kindAttribute, pageRing } from '../../contract/index.ts'
import { sendAll } from '../setup/retry.ts'

/** SNS takes so many at a time, and 256 KB: a ring takes less than one. */
const most = 10

/** That there is something of an aggregate in a page of the feed. */
interface Ring extends Pick<PlacedPage, 'lane' | 'page'> {
  readonly kind: ConsumerKind
  readonly aggregate: string
}

/** An application, and of which kinds its consumers are. */
export interface Rung {
  readonly app: string
  readonly kinds: readonly ConsumerKind[]
}

/** The topic of an application's doorbells. */
export class Bell {
  readonly #client = new SNSClient()
  readonly #app: string
  readonly #kinds: readonly ConsumerKind[]
  readonly #topic: string
  readonly #logger: Logger

  constructor({ app, kinds }: Rung, topic: string, logger: Logger) {
    this.#app = app
    this.#kinds = kinds
    this.#topic = topic
    this.#logger = logger
  }

  /**
   * Rings once for each lane, aggregate in its pages and kind of consumers, for the newest of these pages: who is rung reads all
   * before it, too. What fails is tried again for a moment. Answers whether all have been rung.
   */
  async ring(pages: readonly PlacedPage[]): Promise<boolean> {
    const rings = newestOf(pages.flatMap((page) => ringsOf(page, this.#kinds)))
    let areAllRung = true
    for (let start = 0; start < rings.length; start += most) {
      const failed = await sendAll(rings.slice(start, start + most), (batch) => this.#publish(batch))
      if (failed.length > 0) areAllRung = false
    }
    return areAllRung
  }

  /** Answers those that were refused. */
  async #publish(rings: readonly Ring[]): Promise<Ring[]> {
    const entries = rings.map((ring, index) => entryOf(this.#app, ring, String(index)))
    const command = new PublishBatchCommand({ TopicArn: this.#topic, PublishBatchRequestEntries: entries })
    try {
      const { Failed = [] } = await this.#client.send(command)
      if (Failed.length > 0) this.#logger.warn({ app: this.#app, reason: Failed[0]?.Message }, 'doorbells were refused')
      return Failed.flatMap(({ Id }) => rings[Number(Id)] ?? [])
    } catch (err) {
      this.#logger.warn({ err, app: this.#app }, 'doorbells could not be rung')
      return [...rings]
    }
  }
}

function ringsOf({ lane, page, streams }: PlacedPage, kinds: readonly ConsumerKind[]): Ring[] {
  const aggregates = [...new Set(streams.map(aggregateOf))]
  return aggregates.flatMap((aggregate) => kinds.map((kind) => ({ lane, page, kind, aggregate })))
}

/** Many pages are placed at once when much was left: each ring would call a function, and all but one of them for nothing. */
function newestOf(rings: readonly Ring[]): Ring[] {
  const newest = new Map<string, Ring>()
  for (const ring of rings) {
    const name = `${ring.lane} ${ring.kind} ${ring.aggregate}`
    const other = newest.get(name)
    if (!other || other.page < ring.page) newest.set(name, ring)
  }
  return [...newest.values()]
}

/** Streams are named `<aggregate>-<id>`, and names of aggregates hold no hyphen. */
function aggregateOf(stream: string): string {
  return stream.slice(0, stream.indexOf('-'))
}

function entryOf(app: string, { lane, page, kind, aggregate }: Ring, id: string): PublishBatchRequestEntry {
  const { group, deduplicationId } = pageRing(kind, lane, page, aggregate)
  return {
    Id: id,
    Message: encodeDoorbell({ app, lane, page }),
    MessageGroupId: group,
    MessageDeduplicationId: deduplicationId,
    MessageAttributes: {
      [aggregateAttribute]: { DataType: 'String', StringValue: aggregate },
      [kindAttribute]: { DataType: 'String', StringValue: kind },
    },
  }
}
