import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type Shard,
} from '@aws-sdk/client-dynamodb-streams'
import type { Item } from './batch-get.ts'
import { type CommitKey, commitKeyOf } from './commits.ts'
import type { Dynamo } from './dynamo.ts'
import { nameOf } from './errors.ts'
import { insist } from './patience.ts'

/** How far the stream of a table has been read: of each shard, behind which record; `done` when it was read to its end. */
export interface StreamPlace {
  /** The stream; one that is enabled again, or that of a restored table, is another. */
  readonly stream: string
  readonly shards: Readonly<Record<string, string>>
}

/** What was read, and where to go on from when it is dealt with. */
export interface StreamBatch {
  readonly commits: readonly CommitKey[]
  readonly place: StreamPlace
  /** Records may have been lost before they were read: the stream keeps them for 24 hours. */
  readonly hasGap: boolean
}

/** How many records are read of a shard at once. */
const recordsAtOnce = 1_000

const done = 'done'

/** Reads the stream of the table of events: shards side by side, but none before that which it came from. */
export class Shards {
  readonly #dynamo: Dynamo
  readonly #client: DynamoDBStreamsClient
  /** Iterators of shards behind a record: they are given with what they read last. */
  readonly #iterators = new Map<string, { readonly after: string; readonly iterator: string }>()

  constructor(dynamo: Dynamo) {
    this.#dynamo = dynamo
    const { AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL_DYNAMODB_STREAMS } = process.env
    const endpoint = AWS_ENDPOINT_URL_DYNAMODB_STREAMS ?? dynamo.config.endpoint ?? AWS_ENDPOINT_URL_DYNAMODB
    this.#client = new DynamoDBStreamsClient({ ...dynamo.config, ...(endpoint && { endpoint }) })
  }

  /** Reads on from a place; undefined: from the start of what the stream still has. */
  async read(stream: string, from: StreamPlace | undefined): Promise<StreamBatch> {
    const before = from?.stream === stream ? from.shards : undefined
    const shards = await this.#list(stream)
    const ready = shards.filter(({ ShardId = '', ParentShardId }) => {
      const isParentRead =
        !shards.some((each) => each.ShardId === ParentShardId) || before?.[ParentShardId ?? ''] === done
      return before?.[ShardId] !== done && isParentRead
    })
    const read = await Promise.all(ready.map((shard) => this.#readShard(stream, shard, before?.[shard.ShardId ?? ''])))
    const isThere = (id: string) => shards.some(({ ShardId }) => ShardId === id)
    const kept = Object.entries(before ?? {}).filter(([id]) => isThere(id))
    const isForgotten = Object.entries(before ?? {}).some(([id, after]) => after !== done && !isThere(id))
    return {
      commits: read.flatMap(({ commits }) => commits),
      place: { stream, shards: Object.fromEntries([...kept, ...read.map(({ id, after }) => [id, after] as const)]) },
      hasGap: !before || isForgotten || read.some(({ hasGap }) => hasGap),
    }
  }

  close(): void {
    this.#client.destroy()
  }

  async #list(stream: string): Promise<Shard[]> {
    const shards: Shard[] = []
    let last: string | undefined
    do {
      const command = new DescribeStreamCommand({ StreamArn: stream, ...(last && { ExclusiveStartShardId: last }) })
      const { StreamDescription } = await this.#send(() => this.#client.send(command))
      shards.push(...(StreamDescription?.Shards ?? []))
      last = StreamDescription?.LastEvaluatedShardId
    } while (last)
    return shards
  }

  async #readShard(stream: string, { ShardId: id = '' }: Shard, after = '') {
    const iterator = await this.#iteratorOf(stream, id, after)
    if (iterator === undefined) return { id, after: '', commits: [], hasGap: true }
    const command = new GetRecordsCommand({ ShardIterator: iterator, Limit: recordsAtOnce })
    const answer = await this.#send(() => this.#client.send(command)).catch((error: unknown) => {
      this.#iterators.delete(id)
      throw error
    })
    const { Records = [], NextShardIterator } = answer
    const commits = Records.flatMap(({ dynamodb }) => {
      return dynamodb?.NewImage ? [commitKeyOf(dynamodb.NewImage as Item)] : []
    })
    const last = Records.at(-1)?.dynamodb?.SequenceNumber ?? after
    if (NextShardIterator) this.#iterators.set(id, { after: last, iterator: NextShardIterator })
    return { id, after: NextShardIterator ? last : done, commits, hasGap: false }
  }

  /** Undefined when the stream does not have any more what comes behind that record. */
  async #iteratorOf(stream: string, id: string, after: string): Promise<string | undefined> {
    const known = this.#iterators.get(id)
    this.#iterators.delete(id)
    if (known?.after === after) return known.iterator
    const command = new GetShardIteratorCommand({
      StreamArn: stream,
      ShardId: id,
      ...(after === ''
        ? { ShardIteratorType: 'TRIM_HORIZON' as const }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' as const, SequenceNumber: after }),
    })
    try {
      return (await this.#client.send(command)).ShardIterator
    } catch (error) {
      if (nameOf(error) === 'TrimmedDataAccessException') return undefined
      throw error
    }
  }

  #send<T>(work: () => Promise<T>): Promise<T> {
    return this.#dynamo.translate(insist(work))
  }
}
