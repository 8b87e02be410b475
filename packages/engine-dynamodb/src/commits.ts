import { QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb'
import { type CommandRecord, type Commit, EngineError } from 'weir/ports'
import { batchGet, type Item } from './batch-get.ts'
import type { Dynamo } from './dynamo.ts'
import { type KeptCommand, toKeptCommands, toRows } from './kept-commands.ts'
import { isLong, toKey, toName } from './key.ts'

/** Which commit it is, without what is in it. */
export interface CommitKey {
  readonly stream: string
  readonly version: number
  readonly count: number
}

/** The version of a commit's last event. */
export function lastVersion({ version, count }: CommitKey): number {
  return version + count - 1
}

/** How many items one call may read: they are 400 KB at most, and a call gives a megabyte. */
const maxItems = 1_000

/**
 * The table of commits. An item is what one append wrote to one stream: key `S` (stream) and `N` (version of its first
 * event), `n` events in the text `p`, by the writing `w`; `s` is the stream's name when its key does not tell it. `k` are the
 * commands that bore a key, as rows of JSON: so they are known though the index loses their records.
 */
export class Commits {
  readonly #dynamo: Dynamo

  constructor(dynamo: Dynamo) {
    this.#dynamo = dynamo
  }

  /** The newest version of a stream; 0 when there is none. */
  async head(stream: string): Promise<number> {
    const newest = await this.newest(stream)
    return newest ? lastVersion(newest) : 0
  }

  /** The newest commit of a stream. */
  async newest(stream: string): Promise<CommitKey | undefined> {
    const [last] = await this.#query(stream, { ScanIndexForward: false, Limit: 1, ...keysOnly })
    return last && toCommitKey(stream, last)
  }

  /** Whether a commit begins at a version. */
  async isThere(stream: string, version: number): Promise<boolean> {
    return (await this.#query(stream, { Limit: 1, ...keysOnly }, '=', version)).length > 0
  }

  /** The commit that begins at a version, or else the last before it. */
  async atOrBefore(stream: string, version: number): Promise<Commit | undefined> {
    const [item] = await this.#query(stream, { ScanIndexForward: false, Limit: 1 }, '<=', version)
    return item && toCommit(stream, item)
  }

  /** What is said of a commit that was placed and is not there any more, with what to do. */
  lost({ stream, version }: CommitKey): EngineError {
    const { place, tables } = this.#dynamo
    return new EngineError(
      `DynamoDB at ${place}: version ${version} of ${stream} is in the feed, but missing in ${tables.events}, so nobody who reads ` +
        'the feed gets past it. Was the item deleted? Put it back from a backup of the table. Or were the tables restored to ' +
        'different times? Restore the index to an earlier time than the events.',
    )
  }

  /** Commits that begin at a version or later: so many, fewer only at the stream's end. */
  async from(stream: string, version: number, limit: number): Promise<Commit[]> {
    const items = await this.#query(stream, { Limit: limit }, '>=', version)
    return items.map((item) => toCommit(stream, item))
  }

  /** The same, without what is in them. */
  async keysFrom(stream: string, version: number, limit: number): Promise<CommitKey[]> {
    const items = await this.#query(stream, { Limit: limit, ...keysOnly }, '>=', version)
    return items.map((item) => toCommitKey(stream, item))
  }

  /** The commands that are kept with commits which begin at a version or later, with their writings. */
  async commandsFrom(stream: string, version: number): Promise<KeptCommand[]> {
    const all = { Limit: Number.POSITIVE_INFINITY, ProjectionExpression: 'k, w' }
    const items = await this.#query(stream, all, '>=', version)
    return items.flatMap(({ k, w }) => toKeptCommands(stream, k?.S ?? '[]', w?.S ?? ''))
  }

  /** Reads commits by their keys, in no order; those that are not there are left out. */
  async get(keys: readonly CommitKey[], consistent: boolean): Promise<Commit[]> {
    const names = new Map(keys.map(({ stream }) => [toKey(stream), stream]))
    const items = await batchGet(this.#dynamo, {
      table: this.#dynamo.tables.events,
      keys: keys.map(({ stream, version }) => keyOf(stream, version)),
      consistent,
    })
    return items.map((item) => toCommit(names.get(item.S?.S ?? '') ?? '', item))
  }

  async #query(
    stream: string,
    options: Partial<QueryCommandInput>,
    comparison?: '=' | '<=' | '>=',
    version?: number,
  ): Promise<Item[]> {
    const limit = options.Limit ?? maxItems
    const items: Item[] = []
    let from: Item | undefined
    do {
      const { Items = [], LastEvaluatedKey } = await this.#dynamo.send(
        new QueryCommand({
          TableName: this.#dynamo.tables.events,
          ConsistentRead: true,
          ...options,
          Limit: Math.min(limit - items.length, maxItems),
          KeyConditionExpression: comparison ? `S = :s AND N ${comparison} :n` : 'S = :s',
          ExpressionAttributeValues: {
            ':s': { S: toKey(stream) },
            ...(version !== undefined && { ':n': { N: String(version) } }),
          },
          ...(from && { ExclusiveStartKey: from }),
        }),
      )
      items.push(...Items)
      from = LastEvaluatedKey
    } while (from && items.length < limit)
    return items
  }
}

const keysOnly = { ProjectionExpression: 'N, n' }

/** The key of an item. */
export function keyOf(stream: string, version: number): Item {
  return { S: { S: toKey(stream) }, N: { N: String(version) } }
}

/**
 * @param writing tells this item from any other that might be at the same place
 * @param commands to be kept with it
 */
export function toItem(
  { stream, version, count, payload }: Commit,
  writing: string,
  commands: readonly CommandRecord[] = [],
): Item {
  return {
    ...keyOf(stream, version),
    n: { N: String(count) },
    p: { S: payload },
    w: { S: writing },
    ...(isLong(stream) && { s: { S: stream } }),
    ...(commands.length > 0 && { k: { S: toRows(stream, commands) } }),
  }
}

/** The key of a commit by its item, as the stream of the table gives it or a scan. */
export function commitKeyOf(item: Item): CommitKey {
  return toCommitKey(item.s?.S ?? toName(item.S?.S ?? ''), item)
}

function toCommitKey(stream: string, item: Item): CommitKey {
  return { stream, version: Number(item.N?.N), count: Number(item.n?.N) }
}

function toCommit(stream: string, item: Item): Commit {
  return { ...toCommitKey(stream, item), payload: item.p?.S ?? '' }
}
