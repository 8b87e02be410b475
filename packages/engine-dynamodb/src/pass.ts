import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { Item } from './batch-get.ts'
import type { Dynamo } from './dynamo.ts'

/** Where a segment of the table is to be read on from; `done` when it was read to its end. */
export type SegmentPlace = Item | 'start' | 'done'

/** How far the table of events was read, from one end to the other. */
export interface Pass {
  /** The segments into which the table is divided. */
  readonly segments: readonly SegmentPlace[]
  /** How many commits were read. */
  readonly read: number
}

/** Nothing was read. */
export const newPass: Pass = { segments: Array(4).fill('start'), read: 0 }

export function isWhole({ segments }: Pass): boolean {
  return segments.every((place) => place === 'done')
}

const key = { pk: { S: 'reconcile' }, sk: { S: '-' } }

/**
 * The pass over the table of events that was begun and not ended, as an item of the index: whoever goes on with it.
 *
 * 1. It tells only what was read, whoever read it: who notes less than another has only more to read.
 * 2. One of another epoch is none: the index was restored with it, and may lack what was placed in its course.
 */
export class PassNote {
  readonly #dynamo: Dynamo
  readonly #epoch: string

  constructor(dynamo: Dynamo, epoch: string) {
    this.#dynamo = dynamo
    this.#epoch = epoch
  }

  async load(): Promise<Pass | undefined> {
    const command = new GetItemCommand({ TableName: this.#dynamo.tables.index, Key: key, ConsistentRead: true })
    const { Item } = await this.#dynamo.send(command)
    if (Item?.epoch?.S !== this.#epoch) return undefined
    return { segments: JSON.parse(Item.segments?.S ?? '[]'), read: Number(Item.read?.N) }
  }

  /** Keeps how far it has come; behind one that is whole, the next begins anew. */
  async save(pass: Pass): Promise<void> {
    const { segments, read } = isWhole(pass) ? newPass : pass
    const noted = {
      epoch: { S: this.#epoch },
      segments: { S: JSON.stringify(segments) },
      read: { N: String(read) },
    }
    const Item = { ...key, ...noted }
    await this.#dynamo.send(new PutItemCommand({ TableName: this.#dynamo.tables.index, Item }))
  }
}
