import { randomUUID } from 'node:crypto'
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { Dynamo } from './dynamo.ts'
import { isRefused } from './errors.ts'

/**
 * Work that one process at a time does, and what it has come to.
 *
 * 1. Who holds it counts up again and again. Whose count stands still for a while, by the clock of who looks on, is gone.
 *    Clocks of different machines are never compared.
 * 2. Each count follows from the one before (a conditional put): so who was replaced finds out when it saves.
 */
export class Lease {
  readonly #dynamo: Dynamo
  readonly #key
  readonly #patience: number
  readonly #owner = randomUUID()
  #seen: { readonly count: number; readonly since: number } | undefined

  /** @param patience milliseconds after which one who does not count is replaced */
  constructor(dynamo: Dynamo, name: string, patience: number) {
    this.#dynamo = dynamo
    this.#key = { pk: { S: `lease#${name}` }, sk: { S: '-' } }
    this.#patience = patience
  }

  /** Takes the lease, or looks whether it may be taken. Resolves to what the last holder saved; undefined when it is another's. */
  async take(): Promise<{ readonly state: string } | undefined> {
    const { tables } = this.#dynamo
    const command = new GetItemCommand({ TableName: tables.index, Key: this.#key, ConsistentRead: true })
    const { Item: item } = await this.#dynamo.send(command)
    const count = Number(item?.count?.N ?? 0)
    const state = item?.state?.S ?? ''
    const isFree = !item || item.owner?.S === this.#owner || item.owner?.S === ''
    if (this.#seen?.count !== count) this.#seen = { count, since: performance.now() }
    if (!isFree && performance.now() - this.#seen.since < this.#patience) return undefined
    return (await this.save(state)) ? { state } : undefined
  }

  /** Saves what the work has come to, and counts; false when another holds the lease. */
  save(state: string): Promise<boolean> {
    return this.#put(state, this.#owner)
  }

  /** Lets another take it at once. */
  async release(state: string): Promise<void> {
    await this.#put(state, '')
  }

  async #put(state: string, owner: string): Promise<boolean> {
    const before = this.#seen?.count ?? 0
    const command = new PutItemCommand({
      TableName: this.#dynamo.tables.index,
      Item: { ...this.#key, owner: { S: owner }, count: { N: String(before + 1) }, state: { S: state } },
      ConditionExpression: 'attribute_not_exists(pk) OR #count = :before',
      ExpressionAttributeNames: { '#count': 'count' },
      ExpressionAttributeValues: { ':before': { N: String(before) } },
    })
    try {
      await this.#dynamo.send(command)
    } catch (error) {
      if (isRefused(error)) return false
      throw error
    }
    this.#seen = { count: before + 1, since: performance.now() }
    return true
  }
}
