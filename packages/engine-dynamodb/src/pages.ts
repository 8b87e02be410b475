import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb'
import { batchGet, type Item } from './batch-get.ts'
import type { Dynamo } from './dynamo.ts'
import { laneKey, type Page, pageKey, pageNumber, toPage } from './page.ts'

/** The end of a lane: its newest page, and how many events it holds. */
export interface LaneEnd {
  readonly page: number
  readonly total: number
}

/** The pages of the feed as they are stored. */
export class Pages {
  readonly #dynamo: Dynamo
  #asked = new Map<string, Item>()
  #asking: Promise<Set<string>> | undefined

  constructor(dynamo: Dynamo) {
    this.#dynamo = dynamo
  }

  /** The newest page of a lane; number 0 when there is none. */
  async end(lane: number): Promise<LaneEnd> {
    const { Items = [] } = await this.#dynamo.send(
      new QueryCommand({
        TableName: this.#dynamo.tables.index,
        ConsistentRead: true,
        ScanIndexForward: false,
        Limit: 1,
        KeyConditionExpression: 'pk = :lane',
        ExpressionAttributeValues: { ':lane': { S: laneKey(lane) } },
        ProjectionExpression: 'sk, t',
      }),
    )
    const [newest] = Items
    return { page: Number(newest?.sk?.S ?? 0), total: Number(newest?.t?.N ?? 0) }
  }

  /** Pages of a lane from a number on, and whether there may be more behind them. */
  async from(lane: number, number: number, limit: number): Promise<{ readonly pages: Page[]; readonly more: boolean }> {
    const { Items = [], LastEvaluatedKey } = await this.#dynamo.send(
      new QueryCommand({
        TableName: this.#dynamo.tables.index,
        ConsistentRead: true,
        Limit: limit,
        KeyConditionExpression: 'pk = :lane AND sk >= :from',
        ExpressionAttributeValues: { ':lane': { S: laneKey(lane) }, ':from': { S: pageNumber(number) } },
      }),
    )
    return { pages: Items.map(toPage), more: LastEvaluatedKey !== undefined }
  }

  async get(lane: number, number: number): Promise<Page | undefined> {
    const item = await this.#get(lane, number)
    return item && toPage(item)
  }

  /** Whether a page is there. Consumers look again and again, and most of the time it is not: who asks at once shares a call. */
  async isThere(lane: number, page: number): Promise<boolean> {
    this.#asking ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => this.#answer())
    this.#asked.set(`${lane} ${page}`, pageKey(lane, page))
    return (await this.#asking).has(`${lane} ${page}`)
  }

  /** Which of the pages that were asked for are there. */
  async #answer(): Promise<Set<string>> {
    const asked = this.#asked
    this.#asked = new Map()
    this.#asking = undefined
    const items = await batchGet(this.#dynamo, {
      table: this.#dynamo.tables.index,
      keys: [...asked.values()],
      consistent: true,
      attributes: { ProjectionExpression: 'pk, sk' },
    })
    const nameOf = ({ pk, sk }: Item) => `${pk?.S} ${sk?.S}`
    const found = new Set(items.map(nameOf))
    return new Set([...asked].flatMap(([name, key]) => (found.has(nameOf(key)) ? [name] : [])))
  }

  /** How many events a lane holds up to the end of a page. */
  async total(lane: number, number: number): Promise<number> {
    return Number((await this.#get(lane, number, 't'))?.t?.N ?? 0)
  }

  async #get(lane: number, number: number, attributes?: string): Promise<Item | undefined> {
    const { Item: item } = await this.#dynamo.send(
      new GetItemCommand({
        TableName: this.#dynamo.tables.index,
        Key: pageKey(lane, number),
        ConsistentRead: true,
        ...(attributes && { ProjectionExpression: attributes }),
      }),
    )
    return item
  }
}
