/** In the place of `@aws-sdk/client-dynamodb-streams`: Lambda reads the streams of tables, and functions are given the records. */
export class DynamoDBStreamsClient {
  constructor() {
    throw new Error('A function has tried to read the stream of a table: its bundle leaves out what does')
  }
}

export class DescribeStreamCommand {}
export class GetRecordsCommand {}
export class GetShardIteratorCommand {}
