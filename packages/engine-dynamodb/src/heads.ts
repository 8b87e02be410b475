import { QueryCommand, type TransactWriteItem } from '@aws-sdk/client-dynamodb'
import type { StreamHead } from 'weir/ports'
import { partitionOf } from 'weir/ports'
import { batchGet, type Item } from './batch-get.ts'
import type { Dynamo } from './dynamo.ts'
import { endOfKeys, firstKey, isLong, toKey, toName } from './key.ts'
import { type Trail, toNumbers, toTrail } from './trail.ts'

/** How far a stream is placed. */
export interface Head {
  /** The version of the last event that is placed; 0 when none is. */
  readonly version: number
  /** Where its last commits stand that are placed. */
  readonly trail: Trail
}

export const noHead: Head = { version: 0, trail: [] }

/**
 * Over how many keys the heads are spread, the same for ever: DynamoDB takes 1,000 write units a second for one key to begin
 * with, which are 500 heads that are moved.
 */
const shelves = 32

/** What streams have come to in the feed: items of the index, by shelf and name. */
export class Heads {
  readonly #dynamo: Dynamo

  constructor(dynamo: Dynamo) {
    this.#dynamo = dynamo
  }

  /** Reads heads as they are now; `noHead` for streams that are not placed at all. */
  async get(streams: readonly string[]): Promise<Map<string, Head>> {
    const names = new Map(streams.map((stream) => [toKey(stream), stream]))
    const items = await batchGet(this.#dynamo, {
      table: this.#dynamo.tables.index,
      keys: [...names.values()].map(keyOf),
      consistent: true,
    })
    const heads = new Map(streams.map((stream) => [stream, noHead]))
    for (const item of items) heads.set(names.get(item.sk?.S ?? '') ?? '', toHead(item))
    return heads
  }

  /** Moves a head on, if it is where it is thought to be. */
  move(stream: string, from: Head, to: Head): TransactWriteItem {
    const { sk, pk } = keyOf(stream)
    const [last, ...farther] = to.trail
    return {
      Update: {
        TableName: this.#dynamo.tables.index,
        Key: { pk, sk } as Item,
        UpdateExpression: `SET v = :v, p = :p, i = :i, t = :t${isLong(stream) ? ', s = :s' : ''}`,
        ConditionExpression: from.version === 0 ? 'attribute_not_exists(pk)' : 'v = :from',
        ExpressionAttributeValues: {
          ':v': { N: String(to.version) },
          ':p': { N: String(last?.page) },
          ':i': { N: String(last?.index) },
          ':t': { S: JSON.stringify(toNumbers(farther)) },
          ...(from.version > 0 && { ':from': { N: String(from.version) } }),
          ...(isLong(stream) && { ':s': { S: stream } }),
        },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    }
  }

  /** Streams by name, as the port's `streams`. */
  async list(prefix: string, before: string | undefined, limit: number): Promise<StreamHead[]> {
    const listings = Array.from({ length: shelves }, (_, shelf) => this.#listShelf(shelf, prefix, before, limit))
    return (await Promise.all(listings))
      .flat()
      .sort((a, b) => compareBytes(b.key, a.key))
      .slice(0, limit)
      .map(({ stream, version }) => ({ stream, version }))
  }

  async #listShelf(shelf: number, prefix: string, before: string | undefined, limit: number): Promise<Listed[]> {
    const found: Listed[] = []
    const low = firstKey(prefix)
    const behind = before === undefined ? undefined : toKey(before)
    const high = lowest(behind, endOfKeys(prefix))
    if (high !== undefined && compareBytes(low, high) > 0) return found
    let from: Item | undefined
    do {
      const { Items = [], LastEvaluatedKey } = await this.#dynamo.send(
        new QueryCommand({
          TableName: this.#dynamo.tables.index,
          ConsistentRead: true,
          ScanIndexForward: false,
          Limit: limit - found.length + 1,
          KeyConditionExpression:
            high === undefined ? 'pk = :l AND sk >= :low' : 'pk = :l AND sk BETWEEN :low AND :high',
          ExpressionAttributeValues: {
            ':l': { S: headsKey(shelf) },
            ':low': { S: low },
            ...(high !== undefined && { ':high': { S: high } }),
          },
          ...(from && { ExclusiveStartKey: from }),
        }),
      )
      const listed = Items.map(toListed)
      found.push(...listed.filter(({ key, stream }) => key !== behind && stream.startsWith(prefix)))
      from = LastEvaluatedKey
    } while (from && found.length < limit)
    return found
  }
}

function keyOf(stream: string): Item {
  return { pk: { S: headsKey(partitionOf(stream, shelves)) }, sk: { S: toKey(stream) } }
}

interface Listed extends StreamHead {
  readonly key: string
}

function headsKey(shelf: number): string {
  return `heads#${shelf}`
}

export function toHead({ v, p, i, t }: Item): Head {
  const last = { page: Number(p?.N), index: Number(i?.N) }
  return { version: Number(v?.N), trail: [last, ...toTrail(JSON.parse(t?.S ?? '[]'))] }
}

function toListed(item: Item): Listed {
  const key = item.sk?.S ?? ''
  return { key, stream: item.s?.S ?? toName(key), version: toHead(item).version }
}

function lowest(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return compareBytes(one, other) < 0 ? one : other
}

function compareBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other))
}
