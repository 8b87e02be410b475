import { GetItemCommand, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import type { CommandRecord, Snapshot } from 'weir/ports'
import { batchGet, type Item } from './batch-get.ts'
import type { Dynamo } from './dynamo.ts'
import { ignoreRefused } from './errors.ts'
import type { KeptCommand } from './kept-commands.ts'
import { isLong, toKey, toName } from './key.ts'

/** What a snapshot may take, in bytes: an item holds 400 KB, and the name of its stream may be long. */
const maxSnapshot = 390_000

/** How many records are put back side by side: calls that wait too long for a connection fail. */
const recordsAtOnce = 25

const commandPrefix = 'command#'

/** Only one item has this key. */
const single = { sk: { S: '-' } }

/** The records of commands, and snapshots: items of the index that are found by their own names. */
export class Records {
  readonly #dynamo: Dynamo

  constructor(dynamo: Dynamo) {
    this.#dynamo = dynamo
  }

  async findCommand(commandId: string): Promise<CommandRecord | undefined> {
    const item = await this.#get(commandKey(commandId))
    return item && toRecord(commandId, item)
  }

  /** Records in the order in which DynamoDB keeps them, which is none to speak of; the index is read to find them. */
  async commands(after: string | undefined, limit: number): Promise<CommandRecord[]> {
    const records: CommandRecord[] = []
    let from = after === undefined ? undefined : commandKey(after)
    do {
      const { Items = [], LastEvaluatedKey } = await this.#dynamo.send(
        new ScanCommand({
          TableName: this.#dynamo.tables.index,
          ConsistentRead: true,
          FilterExpression: 'begins_with(pk, :command)',
          ExpressionAttributeValues: { ':command': { S: commandPrefix } },
          ...(from && { ExclusiveStartKey: from }),
        }),
      )
      records.push(...Items.map((item) => toRecord(commandIdOf(item), item)))
      from = LastEvaluatedKey
    } while (from && records.length < limit)
    return records.slice(0, limit)
  }

  /** Which of these commands are recorded. */
  async recorded(commandIds: readonly string[]): Promise<Set<string>> {
    const ids = new Map(commandIds.map((id) => [commandKey(id).pk?.S, id]))
    const items = await batchGet(this.#dynamo, {
      table: this.#dynamo.tables.index,
      keys: [...ids.values()].map(commandKey),
      consistent: true,
      attributes: { ProjectionExpression: 'pk' },
    })
    return new Set(items.map(({ pk }) => ids.get(pk?.S) ?? ''))
  }

  /** Puts records where they are missing. */
  async putBack(commands: readonly KeptCommand[]): Promise<void> {
    const there = await this.recorded(commands.map(({ record }) => record.commandId))
    const missing = commands.filter(({ record }) => !there.has(record.commandId))
    for (let from = 0; from < missing.length; from += recordsAtOnce)
      await Promise.all(missing.slice(from, from + recordsAtOnce).map((command) => this.#putIfMissing(command)))
  }

  async #putIfMissing({ record, writing }: KeptCommand): Promise<void> {
    const Item = toCommandItem(record, writing)
    const condition = { ConditionExpression: 'attribute_not_exists(pk)' }
    const put = new PutItemCommand({ TableName: this.#dynamo.tables.index, Item, ...condition })
    await this.#dynamo.send(put).catch(ignoreRefused)
  }

  async loadSnapshot(stream: string, fingerprint: string): Promise<Snapshot | undefined> {
    const item = await this.#get(snapshotKey(stream))
    if (item?.f?.S !== fingerprint) return undefined
    return { version: Number(item.v?.N), fingerprint, state: item.s?.S ?? '' }
  }

  /** One that is too large for an item is not kept: a snapshot only saves time. */
  async saveSnapshot(stream: string, { version, fingerprint, state }: Snapshot): Promise<void> {
    if (Buffer.byteLength(state) > maxSnapshot) return
    const Item = { ...snapshotKey(stream), v: { N: String(version) }, f: { S: fingerprint }, s: { S: state } }
    await this.#dynamo.send(new PutItemCommand({ TableName: this.#dynamo.tables.index, Item }))
  }

  async #get(key: Item): Promise<Item | undefined> {
    const command = new GetItemCommand({ TableName: this.#dynamo.tables.index, Key: key, ConsistentRead: true })
    return (await this.#dynamo.send(command)).Item
  }
}

function commandKey(commandId: string): Item {
  return { pk: { S: commandPrefix + toKey(commandId) }, ...single }
}

/** @param writing tells this item from any other that might be at the same place */
export function toCommandItem({ commandId, stream, version, count, hash }: CommandRecord, writing: string): Item {
  return {
    ...commandKey(commandId),
    s: { S: stream },
    v: { N: String(version) },
    n: { N: String(count) },
    h: { S: hash },
    w: { S: writing },
    ...(isLong(commandId) && { c: { S: commandId } }),
  }
}

function toRecord(commandId: string, { s, v, n, h }: Item): CommandRecord {
  return { commandId, stream: s?.S ?? '', version: Number(v?.N), count: Number(n?.N), hash: h?.S ?? '' }
}

function commandIdOf({ pk, c }: Item): string {
  return c?.S ?? toName(pk?.S?.slice(commandPrefix.length) ?? '')
}

function snapshotKey(stream: string): Item {
  return { pk: { S: `snapshot#${toKey(stream)}` }, ...single }
}
