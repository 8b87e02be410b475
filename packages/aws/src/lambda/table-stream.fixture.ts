import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
} from '@aws-sdk/client-dynamodb-streams'
import type { DynamoDBStreamEvent } from 'aws-lambda'

/** The stream of a table, as an event source mapping reads it. */
export class TableStream {
  readonly #client: DynamoDBStreamsClient
  readonly #table: string
  #iterators: (string | undefined)[] | undefined

  constructor(table: string, endpoint: string) {
    this.#client = new DynamoDBStreamsClient({ endpoint })
    this.#table = table
  }

  /** All records since the last call. */
  async next(): Promise<DynamoDBStreamEvent> {
    this.#iterators ??= await this.#begin()
    const read = await Promise.all(this.#iterators.map((iterator) => this.#read(iterator)))
    this.#iterators = read.map(({ next }) => next)
    return { Records: read.flatMap(({ records }) => records) } as DynamoDBStreamEvent
  }

  async #begin(): Promise<(string | undefined)[]> {
    const { Streams } = await this.#client.send(new ListStreamsCommand({ TableName: this.#table }))
    const StreamArn = Streams?.[0]?.StreamArn
    const { StreamDescription } = await this.#client.send(new DescribeStreamCommand({ StreamArn }))
    const shards = StreamDescription?.Shards ?? []
    return Promise.all(
      shards.map(async ({ ShardId }) => {
        const from = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' as const }
        return (await this.#client.send(new GetShardIteratorCommand(from))).ShardIterator
      }),
    )
  }

  async #read(iterator: string | undefined) {
    if (iterator === undefined) return { records: [], next: undefined }
    const { Records = [], NextShardIterator } = await this.#client.send(
      new GetRecordsCommand({ ShardIterator: iterator, Limit: 1000 }),
    )
    return { records: Records, next: NextShardIterator }
  }
}
